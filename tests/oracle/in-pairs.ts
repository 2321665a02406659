/** Works on two at a time: a file keeps this process, Clang and the frontend busy in turn. The results are in order. */
export async function inPairs<In, Out>(inputs: readonly In[], work: (input: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = new Array(inputs.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < inputs.length) {
      const at = next++;
      results[at] = await work(inputs[at] as In);
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
}
