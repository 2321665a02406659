// A service that answers at once.
import { defineService, field, service, unary } from 'igor';

const Echo = service('bench.v1.Echo', { say: unary({ text: field.string }, { text: field.string }) });

export default defineService(Echo, { say: ({ text }) => ({ text }) });
