using System.Runtime.InteropServices;
using Juming.Platform.Links.Upper;
using NUnit.Framework;

namespace Juming.Platform.Tests.Links;

/// <summary>What OpenSSL is asked for, read back from OpenSSL.</summary>
[Category("X1")]
internal sealed class IdleTlsTests
{
    private const int Mode = 33;
    private const nint ReleaseBuffers = 0x10;

    [Test]
    public void Contexts_made_afterwards_give_back_the_buffers_of_idle_connections()
    {
        Assert.That(IdleTls.Spare(), Is.True, "OpenSSL 3 is there and listens");
        Assert.That(IdleTls.Spare(), Is.True, "asking again says the same");
        var context = NewContext(ServerMethod());
        Assert.That(context, Is.Not.Zero);
        try
        {
            Assert.That(Control(context, Mode, 0, 0) & ReleaseBuffers, Is.EqualTo(ReleaseBuffers));
        }
        finally
        {
            Free(context);
        }
    }

    [DllImport("libssl.so.3", EntryPoint = "TLS_server_method"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint ServerMethod();

    [DllImport("libssl.so.3", EntryPoint = "SSL_CTX_new"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint NewContext(nint method);

    [DllImport("libssl.so.3", EntryPoint = "SSL_CTX_ctrl"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Control(nint context, int command, nint number, nint pointer);

    [DllImport("libssl.so.3", EntryPoint = "SSL_CTX_free"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void Free(nint context);
}
