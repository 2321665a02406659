// What a program says over TLS, before it is encrypted: mrhooker tls-plaintext.ts curl https://localhost/

import { SSL_read, SSL_write } from 'c:openssl/ssl.h';
import { hook } from 'mrhooker';

hook(SSL_write, {
  enter: (_ssl, buffer, length) => console.log(`> ${buffer.text(length)}`),
});

hook(SSL_read, {
  enter: (_ssl, buffer) => buffer,
  leave: (length, buffer) => {
    if (length > 0) console.log(`< ${buffer.text(length)}`);
  },
});
