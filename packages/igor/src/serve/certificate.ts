/** A certificate for an XMPP server that is reached from elsewhere. Agents pin it, so nobody has to sign it. */
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IgorError } from '../error.js';

export interface CertificateFiles {
  certificate: string;
  key: string;
}

/** The one in this folder, or a new one, for ten years. */
export function certificateFor(domain: string, folder: string): CertificateFiles {
  const [certificate, key] = [join(folder, `${domain}.crt`), join(folder, `${domain}.key`)];
  if (!existsSync(certificate)) {
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '3650',
    ];
    const names = ['-subj', `/CN=${domain}`, '-addext', `subjectAltName=DNS:${domain}`];
    const made = spawnSync('openssl', [...args, ...names, '-keyout', key, '-out', certificate], { encoding: 'utf8' });
    if (made.error)
      throw new IgorError('usage', 'openssl is not installed, which makes certificates: apt-get install openssl');
    if (made.status !== 0) throw new IgorError('internal', `openssl made no certificate: ${made.stderr.trim()}`);
    chmodSync(key, 0o600);
  }
  return { certificate, key };
}

/** SHA-256, hexadecimal. */
export function fingerprintOf(certificate: string): string {
  return new X509Certificate(readFileSync(certificate)).fingerprint256.replaceAll(':', '').toLowerCase();
}
