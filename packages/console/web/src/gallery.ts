// Programs to begin with. Those whose services a chosen agent has come first. Each is a file of gallery/: what it shows
// stands in its first comment.

export interface Example {
  /** The file's name, without `.ts`. */
  name: string;
  title: string;
  about: string;
  code: string;
  /** Names of the services that it calls, as `system`. */
  services: string[];
}

const files = import.meta.glob<string>('../../gallery/*.ts', { query: '?raw', import: 'default', eager: true });

export const gallery: Example[] = Object.entries(files)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([path, text]) => readExample(path.slice(path.lastIndexOf('/') + 1, -3), text));

export function readExample(name: string, text: string): Example {
  const lines = text.split('\n');
  const comment = lines.filter(
    (line, index) => line.startsWith('//') && lines.slice(0, index).every((it) => it.startsWith('//')),
  );
  const [title = name, ...about] = comment.map((line) => line.replace(/^\/\/ ?/, ''));
  const services = new Set(
    [...text.matchAll(/\b(?:agent|a|one)\.(system|source|process)\b/g)].map(([, service]) => service!),
  );
  return { name, title, about: about.join(' '), code: text, services: [...services] };
}
