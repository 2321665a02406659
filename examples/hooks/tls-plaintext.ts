// What a program says over TLS (OpenSSL), before it is encrypted: mrhooker tls-plaintext.ts curl https://localhost/

import { SSL_read, SSL_read_ex, SSL_write, SSL_write_ex } from 'c:openssl/ssl.h';
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

// Python calls these.

hook(SSL_write_ex, {
  enter: (_ssl, buffer, length) => console.log(`> ${buffer.text(length)}`),
});

hook(SSL_read_ex, {
  enter: (_ssl, buffer, _size, read) => ({ buffer, read }),
  leave: (result, { buffer, read }) => {
    if (result === 1) console.log(`< ${buffer.text(read.value)}`);
  },
});
