// Change a whole tree
// A script, run on that machine by cmonster, and the diff of what it would
// change. The agent must allow scripts.
const { folders: [folder] } = await agent.source.folders();

const script = `
import { CallExpr, c } from 'cmonster';

export default function (tu) {
  for (const call of tu.find(CallExpr)) {
    if (call.directCallee?.name !== 'strcpy') continue;
    const [dst, src] = call.arguments;
    call.replaceWith(c\`strlcpy(\${dst}, \${src}, sizeof \${dst})\`);
  }
}
`;

const { diff } = await agent.source.diff({
  in: { folder: folder.path },
  script,
});
show(diff);

// What diff() calls its hash, apply() takes: then the files are written, if
// nothing has changed meanwhile.
