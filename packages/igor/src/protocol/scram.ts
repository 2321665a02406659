/** SCRAM-SHA-1 and SCRAM-SHA-256: RFC 5802, RFC 7677. Only the client's side. */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { IgorError } from '../error.js';

const derive = promisify(pbkdf2);

export const scramMechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-1'] as const;
export type ScramMechanism = (typeof scramMechanisms)[number];

/** More than any server asks for; a hostile one must not keep us busy. */
const mostIterations = 1_000_000;

export class Scram {
  private readonly hash: 'sha1' | 'sha256';
  private readonly size: number;
  private readonly nonce = randomBytes(24).toString('base64');
  private readonly bare: string;
  private serverSignature: Buffer | undefined;

  constructor(
    mechanism: ScramMechanism,
    user: string,
    private readonly password: string,
  ) {
    this.hash = mechanism === 'SCRAM-SHA-1' ? 'sha1' : 'sha256';
    this.size = this.hash === 'sha1' ? 20 : 32;
    this.bare = `n=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${this.nonce}`;
  }

  first(): string {
    return `n,,${this.bare}`;
  }

  async answer(challenge: string): Promise<string> {
    const fields = parse(challenge);
    const { r: nonce = '', s: salt = '', i: iterations = '' } = fields;
    const rounds = Number(iterations);
    if (!nonce.startsWith(this.nonce) || nonce === this.nonce || !salt || !(rounds >= 1 && rounds <= mostIterations)) {
      throw new IgorError('xmpp', 'the XMPP server sent a login challenge that makes no sense');
    }
    const salted = await derive(
      this.password.normalize('NFKC'),
      Buffer.from(salt, 'base64'),
      rounds,
      this.size,
      this.hash,
    );
    const clientKey = this.hmac(salted, 'Client Key');
    const storedKey = createHash(this.hash).update(clientKey).digest();
    const withoutProof = `c=biws,r=${nonce}`;
    const message = `${this.bare},${challenge},${withoutProof}`;
    const signature = this.hmac(storedKey, message);
    const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] as number)));
    this.serverSignature = this.hmac(this.hmac(salted, 'Server Key'), message);
    return `${withoutProof},p=${proof.toString('base64')}`;
  }

  /** The server proves that it knows the password too. */
  verify(success: string): void {
    const claimed = Buffer.from(parse(success).v ?? '', 'base64');
    const expected = this.serverSignature;
    if (!expected || claimed.length !== expected.length || !timingSafeEqual(claimed, expected)) {
      throw new IgorError('xmpp', 'the XMPP server could not prove that it knows this account');
    }
  }

  private hmac(key: Buffer, text: string): Buffer {
    return createHmac(this.hash, key).update(text).digest();
  }
}

function parse(message: string): Record<string, string | undefined> {
  return Object.fromEntries(message.split(',').map((field) => [field.slice(0, 1), field.slice(2)]));
}
