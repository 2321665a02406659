import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealProject } from './harness.js';

/** A change, with the script's arguments. */
type Change = readonly [script: string, ...args: string[]];

interface Subject {
  name: string;
  configure: string;
  build: string;
  suite: string;
  editable: string;
  changes: readonly Change[];
}

const cmake = (more: string): string =>
  `cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_EXPORT_COMPILE_COMMANDS=ON ${more}`;
const built = {
  build: 'cmake --build build -j2',
  suite: 'cd build && ctest --output-on-failure',
  editable: '.',
};

/** Two more of each language; all have suites of their own. */
const SUBJECTS: readonly Subject[] = [
  {
    name: 'jansson',
    configure: cmake('-DJANSSON_BUILD_DOCS=OFF'),
    ...built,
    changes: [
      ['rename', 'json_object_get', 'json_object_lookup'],
      ['add-parameter', 'jsonp_malloc', '__attribute__((unused)) int reserved', '0'],
      ['remove-parameter', 'jsonp_malloc'],
      ['check-malloc'],
    ],
  },
  {
    name: 'json-c',
    configure: cmake('-DDISABLE_WERROR=ON -DBUILD_SHARED_LIBS=OFF'),
    ...built,
    changes: [
      ['rename', 'json_object_put', 'json_object_release'],
      ['add-parameter', 'printbuf_new', '__attribute__((unused)) int reserved', '0'],
      ['check-malloc'],
    ],
  },
  {
    name: 'pugixml',
    configure: cmake('-DPUGIXML_BUILD_TESTS=ON'),
    ...built,
    build: 'cmake --build build -j2 --target pugixml-check',
    suite: 'build/pugixml-check',
    changes: [['nullptr'], ['rename', 'xml_node::first_child', 'first_node']],
  },
  {
    name: 'libjsoncpp',
    configure: cmake('-DJSONCPP_WITH_POST_BUILD_UNITTEST=OFF'),
    ...built,
    changes: [
      ['check-malloc'],
      ['rename', 'Json::Value::isMember', 'hasMember'],
      ['add-parameter', 'duplicateStringValue', 'int /*reserved*/', '0'],
      ['remove-parameter', 'duplicateStringValue'],
    ],
  },
];

describe.each(SUBJECTS)('refactorings of $name', ({ name, configure, build, suite, editable, changes }) => {
  let project: RealProject;
  beforeAll(async () => {
    project = await RealProject.open(name, build, suite);
    const { status, stderr } = project.shell(configure);
    expect(status, stderr).toBe(0);
    project.verify();
  });
  afterAll(() => project?.dispose());

  it.each(changes.map((change) => [change.join(' '), change] as const))('%s', (_, [script, ...args]) => {
    const given = args.flatMap((arg) => ['--arg', arg]);
    expect(project.change(script, '-p', 'build', '--editable', editable, ...given)).toMatch(/^\d+ changes? in/);
    project.verify();
  });
});
