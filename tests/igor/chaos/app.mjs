// The application under chaos: starts calls for whoever asks, and posts each outcome to one channel.

/** @param {import('igor').Igor} igor */
export default (igor) => {
  igor.onOutcome('*', (outcome) => {
    const { n } = /** @type {{ n: number }} */ (outcome.context);
    const { twice } = /** @type {{ twice?: number }} */ (outcome.json ?? {});
    outcome.post('outcomes', 'outcome', {
      n,
      call: outcome.call,
      agent: outcome.agent,
      status: outcome.status,
      twice: twice ?? null,
    });
  });
  return async (
    /** @type {import('node:http').IncomingMessage} */ request,
    /** @type {import('node:http').ServerResponse} */ response,
  ) => {
    const url = new URL(request.url ?? '/', 'http://chaos');
    const n = Number(url.searchParams.get('n'));
    const agent = /** @type {string} */ (url.searchParams.get('agent'));
    try {
      const call = igor.call(
        agent,
        'chaos.v1.Chaos/Twice',
        { n, agent },
        { json: true, context: { n }, deadline: 8000 },
      );
      await call.sent;
      response.end(JSON.stringify({ call: call.id }));
    } catch (error) {
      const { code, message } = /** @type {import('igor').IgorError} */ (error);
      response.writeHead(code === 'unavailable' ? 503 : 500).end(JSON.stringify({ code, message }));
    }
  };
};
