// What must hold before a getter may be called. `N` points to the node (C++); where the condition is false the answer
// is undefined.
export const preconditions: Record<string, string> = {
};
