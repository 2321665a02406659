import { defineService, field, service, unary } from 'igor';

export const Adder = service('adder.v1.Adder', {
  add: unary({ a: field.int32, b: field.int32, delay: field.int32 }, { sum: field.int32 }),
});

export default defineService(Adder, {
  async add({ a, b, delay }) {
    await new Promise((resolve) => setTimeout(resolve, delay));
    return { sum: a + b };
  },
});
