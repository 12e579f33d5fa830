using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Juming.Platform.Links.Upper;

/// <summary>
/// Has OpenSSL give back the buffers of a connection whenever nothing is in them; by itself it keeps two of 16 kB each for as long as a session lasts, and .NET has no setting for it. The library tells
/// whoever asks of each context that is made (<c>CRYPTO_get_ex_new_index</c>), so that this needs nothing of the runtime's insides. Where the library is another, or none, all stays as it was.
/// </summary>
internal static unsafe class IdleTls
{
    // CRYPTO_EX_INDEX_SSL_CTX, SSL_CTRL_MODE and SSL_MODE_RELEASE_BUFFERS of OpenSSL's headers.
    private const int Contexts = 1;
    private const int Mode = 33;
    private const nint ReleaseBuffers = 0x10;

    private static readonly Lock Once = new();
    private static delegate* unmanaged<nint, int, nint, nint, nint> _control;
    private static bool _asked;

    /// <summary>For every context that is made from now on. Asking again does nothing.</summary>
    /// <returns>Whether the library was found and listens.</returns>
    public static bool Spare()
    {
        lock (Once)
        {
            if (_asked) return _control != null;
            _asked = true;
            if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libssl.so.3", out var ssl) || !NativeLibrary.TryLoad("libcrypto.so.3", out var crypto)) return false;
            if (!NativeLibrary.TryGetExport(ssl, "SSL_CTX_ctrl", out var control) || !NativeLibrary.TryGetExport(crypto, "CRYPTO_get_ex_new_index", out var tell)) return false;
            _control = (delegate* unmanaged<nint, int, nint, nint, nint>)control;
            var index = ((delegate* unmanaged<int, nint, nint, delegate* unmanaged<nint, nint, nint, int, nint, nint, void>, nint, nint, int>)tell)(Contexts, 0, 0, &Made, 0, 0);
            if (index < 0) _control = null;
            return index >= 0;
        }
    }

    [UnmanagedCallersOnly]
    private static void Made(nint context, nint value, nint data, int index, nint number, nint pointer)
    {
        if (context != 0 && _control != null) _control(context, Mode, ReleaseBuffers, 0);
    }
}
