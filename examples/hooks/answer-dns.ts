// Names that nobody registered: mrhooker answer-dns.ts getent ahosts whale.example

import { getaddrinfo, gethostbyname, gethostbyname_r, gethostbyname2, gethostbyname2_r } from 'c:netdb.h';
import { hook, type Pointer } from 'mrhooker';

const addresses: Readonly<Record<string, string>> = { 'whale.example': '127.0.0.1' };

// An address in place of the name asks nobody.
function known<T extends Pointer>(name: T | null): T | string | null {
  const address = name ? addresses[name.text()] : undefined;
  if (address !== undefined) console.log(`${name?.text()} is ${address}`);
  return address ?? name;
}

hook(getaddrinfo, (name, ...rest) => getaddrinfo(known(name), ...rest));
// What older programs call: getent hosts, perl, python's gethostbyname_ex.
hook(gethostbyname, (name) => gethostbyname(known(name)));
hook(gethostbyname2, (name, family) => gethostbyname2(known(name), family));
hook(gethostbyname_r, (name, ...rest) => gethostbyname_r(known(name), ...rest));
hook(gethostbyname2_r, (name, ...rest) => gethostbyname2_r(known(name), ...rest));
