// Getters on whose way an assertion of Clang's headers can fail, in a function they call rather than in their own text:
// they are undefined then, and typed so. Found by calling every getter on every node of Clang's own tests.
export const asserting = new Set<string>([]);
