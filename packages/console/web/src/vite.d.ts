// What Vite gives beyond modules.

declare module '*.css';

declare module '*?raw' {
  const text: string;
  export default text;
}

interface ImportMeta {
  glob<T>(pattern: string | string[], options: { query?: string; import?: string; eager: true }): Record<string, T>;
}
