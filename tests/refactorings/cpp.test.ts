import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealProject } from './harness.js';

/** tinyxml2: its suite counts its own checks and says how many failed. */
describe('refactorings of tinyxml2', { timeout: 300_000 }, () => {
  let tinyxml2: RealProject;
  beforeAll(async () => {
    tinyxml2 = await RealProject.open('tinyxml2', 'cmake --build build', 'cd build && ctest --output-on-failure');
    const { status } = tinyxml2.shell(
      'cmake -S . -B build -G Ninja -DBUILD_TESTING=ON -DCMAKE_EXPORT_COMPILE_COMMANDS=ON',
    );
    expect(status).toBe(0);
  });
  afterAll(() => tinyxml2?.dispose());
  const project = ['-p', 'build', '--editable', '*.h'];

  it('turns 0 and NULL into nullptr', () => {
    expect(tinyxml2.change('nullptr', ...project)).toBe('212 changes in 3 files written');
    tinyxml2.verify();
    expect(tinyxml2.change('nullptr', ...project)).toMatch(/nothing to change/);
  });

  it('adds a parameter to methods of one name and to every call', () => {
    const args = ['DeleteNode', 'int reserved', '0'].flatMap((arg) => ['--arg', arg]);
    expect(tinyxml2.change('add-parameter', ...project, ...args)).toMatch(/changes in 3 files written/);
    tinyxml2.verify();
  });

  it('takes away a parameter that nobody uses', () => {
    expect(tinyxml2.change('remove-parameter', ...project, '--arg', 'DeleteNode')).toMatch(
      /changes in 3 files written/,
    );
    tinyxml2.verify();
  });

  it('renames an overloaded method that is used everywhere', () => {
    const args = ['tinyxml2::XMLNode::FirstChildElement', 'FirstElement'].flatMap((arg) => ['--arg', arg]);
    expect(tinyxml2.change('rename', ...project, ...args)).toMatch(/changes in 3 files written/);
    tinyxml2.verify();
  });
});
