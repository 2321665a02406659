import { listFiles } from './shell.mjs';

export const clangFormat = 'clang-format-19';

/** The C and C++ that people write here; generated files are as their generator made them. */
export function cppFiles() {
  const patterns = ['frontend', 'runtime'].flatMap((folder) =>
    ['cpp', 'h', 'c'].map((extension) => `:(glob)packages/*/${folder}/**/*.${extension}`),
  );
  return listFiles(patterns).filter((file) => !file.includes('/generated/'));
}
