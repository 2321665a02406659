// Names that nobody registered: mrhooker answer-dns.ts getent ahosts whale.example

import { getaddrinfo } from 'c:netdb.h';
import { hook } from 'mrhooker';

const addresses: Readonly<Record<string, string>> = { 'whale.example': '127.0.0.1' };

hook(getaddrinfo, (name, service, hints, found) => {
  const address = name ? addresses[name.text()] : undefined;
  if (address !== undefined) console.log(`${name.text()} is ${address}`);
  return getaddrinfo(address ?? name, service, hints, found);
});
