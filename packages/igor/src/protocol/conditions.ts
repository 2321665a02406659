/** What an IQ that came back says of the call in it: RFC 6120, section 8.3.3, and docs/formats/igor-rpc.md. */
import type { CallCode } from '../error.js';

const codes: Record<string, [CallCode, string]> = {
  'bad-request': ['invalid_argument', 'the agent does not understand the call'],
  'jid-malformed': ['invalid_argument', 'that is no address'],
  'not-acceptable': ['invalid_argument', 'the agent does not accept the call'],
  'feature-not-implemented': ['unimplemented', 'the agent knows nothing of such calls'],
  forbidden: ['permission_denied', 'the agent obeys another application'],
  'not-allowed': ['permission_denied', 'the agent does not allow it'],
  'not-authorized': ['permission_denied', 'the XMPP server does not allow it'],
  'resource-constraint': ['resource_exhausted', 'the agent has no room for the call'],
  'policy-violation': ['resource_exhausted', 'the XMPP server did not forward the call'],
  'service-unavailable': ['unavailable', 'the agent is not there'],
  'recipient-unavailable': ['unavailable', 'the agent is not there'],
  'item-not-found': ['unavailable', 'the agent is not there'],
  'remote-server-not-found': ['unavailable', 'the XMPP server of the agent is not there'],
  gone: ['unavailable', 'the agent is gone'],
  'internal-server-error': ['internal', 'the agent failed before it ran the call'],
};

export function codeOfCondition(condition: string): { code: CallCode; message: string } {
  const [code, message] = codes[condition] ?? ['unknown_outcome', `the call came back with ${condition}`];
  return { code, message };
}
