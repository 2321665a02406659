import { clangFormat, cppFiles } from '../cpp-files.mjs';
import { capture } from '../shell.mjs';

export const cppFormat = {
  title: 'format of C and C++ (clang-format)',
  repair: 'npm run format',
  problems() {
    const files = cppFiles();
    if (!files.length) return undefined;
    const { ok, output } = capture(clangFormat, ['--dry-run', '-Werror', ...files]);
    return ok ? undefined : output.split('\n').slice(0, 60).join('\n');
  },
};
