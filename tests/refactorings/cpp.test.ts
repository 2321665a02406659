import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealProject } from './harness.js';

/** tinyxml2: its suite counts its own checks and says how many failed. */
describe('refactorings of tinyxml2', () => {
  let tinyxml2: RealProject;
  beforeAll(async () => {
    tinyxml2 = await RealProject.open('tinyxml2', 'cmake --build build', 'cd build && ctest --output-on-failure');
    expect(tinyxml2.shell('cmake -S . -B build -DBUILD_TESTING=ON -DCMAKE_EXPORT_COMPILE_COMMANDS=ON').status).toBe(0);
  });
  afterAll(() => tinyxml2?.dispose());

  it('turns 0 and NULL into nullptr', () => {
    expect(tinyxml2.change('nullptr', '-p', 'build', '--editable', '*.h')).toMatch(/212 changes in 3 files written/);
    tinyxml2.verify();
    expect(tinyxml2.change('nullptr', '-p', 'build', '--editable', '*.h')).toMatch(/nothing to change/);
  });
});
