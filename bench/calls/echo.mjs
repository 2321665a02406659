// What is called in all measurements: 200 characters there and back.
import { defineService, field, service, unary } from 'igor';

export const Echo = service('echo.v1.Echo', { echo: unary({ text: field.string }, { text: field.string }) });

export const echo = defineService(Echo, { echo: async ({ text }) => ({ text }) });

export const text = 'x'.repeat(200);
