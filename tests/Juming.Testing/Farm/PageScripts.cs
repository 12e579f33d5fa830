namespace Juming.Testing.Farm;

/// <summary>What devices' login pages do to a password before they send it, in the browser's language.</summary>
internal static class PageScripts
{
    /// <summary><c>md5(text)</c>: RFC 1321 over UTF-8, as hex.</summary>
    public const string Md5 = """
        function md5(text) {
          const bytes = [...new TextEncoder().encode(text)], bits = bytes.length * 8, rot = (x, n) => (x << n) | (x >>> (32 - n));
          bytes.push(0x80);
          while (bytes.length % 64 !== 56) bytes.push(0);
          for (let i = 0; i < 8; i++) bytes.push(i < 4 ? (bits >>> (8 * i)) & 255 : 0);
          const turns = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
          const sines = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 4294967296) | 0);
          let state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
          for (let at = 0; at < bytes.length; at += 64) {
            const word = i => bytes[at + 4 * i] | (bytes[at + 4 * i + 1] << 8) | (bytes[at + 4 * i + 2] << 16) | (bytes[at + 4 * i + 3] << 24);
            let [a, b, c, d] = state;
            for (let i = 0; i < 64; i++) {
              const round = i >> 4;
              const f = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round];
              const g = [i, (5 * i + 1) % 16, (3 * i + 5) % 16, (7 * i) % 16][round];
              const sum = (a + f + sines[i] + word(g)) | 0;
              [a, d, c, b] = [d, c, b, (b + rot(sum, turns[round][i % 4])) | 0];
            }
            state = [state[0] + a | 0, state[1] + b | 0, state[2] + c | 0, state[3] + d | 0];
          }
          return state.map(w => [0, 8, 16, 24].map(s => ((w >>> s) & 255).toString(16).padStart(2, '0')).join('')).join('');
        }
        """;

    /// <summary><c>rsa(text, modulusHex)</c>: PKCS#1 v1.5 with the exponent 65537, as hex.</summary>
    public const string Rsa = """
        function rsa(text, modulusHex) {
          const n = BigInt('0x' + modulusHex), size = modulusHex.length / 2, data = new TextEncoder().encode(text), block = [0, 2];
          while (block.length < size - data.length - 1) block.push(1 + Math.floor(Math.random() * 255));
          block.push(0, ...data);
          let base = BigInt('0x' + block.map(b => b.toString(16).padStart(2, '0')).join('')), result = 1n;
          for (let e = 65537n; e > 0n; e >>= 1n) { if (e & 1n) result = result * base % n; base = base * base % n; }
          return result.toString(16).padStart(modulusHex.length, '0');
        }
        """;
}
