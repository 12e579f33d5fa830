using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Platform.Handlers;
using Juming.Site.Ssh.Data;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Messages.Transport;

namespace Juming.Site.Ssh.Session;

/// <summary>Signs in to a host as often as it must and never more: a password is sent once, whatever comes of it.</summary>
internal sealed class SignInHand(HostRow host, Secret secret, Secret passphrase)
{
    private const string Interactive = "keyboard-interactive";

    /// <summary>Fingerprint of the key that the host showed.</summary>
    public string Key { get; private set; } = "";

    /// <summary>Type of that key.</summary>
    public string KeyType { get; private set; } = "";

    public async Task<SignedIn> Open(IPAddress address, TimeSpan limit, CancellationToken ct)
    {
        var first = await Try(address, limit, interactive: false, ct);
        // A host that takes no password asks for it in a dialogue. The password has not been sent yet, so this is not a second try.
        return first.Failure == SshErrors.MethodRefused && host.Way == SignInWay.Password && first.Detail.Contains(Interactive, StringComparison.Ordinal) ? await Try(address, limit, interactive: true, ct) : first;
    }

    private async Task<SignedIn> Try(IPAddress address, TimeSpan limit, bool interactive, CancellationToken ct)
    {
        using var method = Method(interactive);
        var info = new ConnectionInfo(address.ToString(), host.Port, host.Account, method) { Timeout = limit, ChannelCloseTimeout = TimeSpan.FromSeconds(2), RetryAttempts = 1, Encoding = Encoding.UTF8 };
        KeepPinnedType(info);
        var client = new SshClient(info);
        client.HostKeyReceived += (_, shown) =>
        {
            (Key, KeyType) = ("SHA256:" + shown.FingerPrintSHA256.TrimEnd('='), shown.HostKeyName);
            shown.CanTrust = host.HostKey.Length == 0 || host.HostKey == Key;
        };
        try
        {
            await client.ConnectAsync(ct);
            return new SignedIn(HostSession.Of(client), null, "", Key, KeyType);
        }
        catch (Exception e) when (e is SshException or SocketException or InvalidOperationException or ArgumentException or IOException or OperationCanceledException)
        {
            client.Dispose();
            if (e is OperationCanceledException) throw;
            var (failure, detail) = Why(e);
            return new SignedIn(null, failure, detail, Key, KeyType);
        }
    }

    private AuthenticationMethod Method(bool interactive)
    {
        if (host.Way == SignInWay.Key) return new PrivateKeyAuthenticationMethod(host.Account, PrivateKey.Read(secret, passphrase)!);
        if (!interactive) return new PasswordAuthenticationMethod(host.Account, secret.Value);
        var dialogue = new KeyboardInteractiveAuthenticationMethod(host.Account);
        var answered = false;
        dialogue.AuthenticationPrompt += (_, asked) =>
        {
            // The first hidden question is the password's; what comes after it is a second factor, which nobody here has.
            foreach (var prompt in asked.Prompts)
            {
                prompt.Response = prompt.IsEchoed || answered ? "" : secret.Value;
                answered |= !prompt.IsEchoed;
            }
        };
        return dialogue;
    }

    /// <summary>A host has keys of several types; which it shows follows from what is asked for. Asked for the pinned one, it shows that.</summary>
    private void KeepPinnedType(ConnectionInfo info)
    {
        if (host.HostKeyType.Length == 0) return;
        var family = Family(host.HostKeyType);
        foreach (var other in info.HostKeyAlgorithms.Keys.Where(k => Family(k) != family).ToList()) info.HostKeyAlgorithms.Remove(other);
    }

    private static string Family(string type) => type.Contains("rsa", StringComparison.Ordinal) ? "rsa" : type;

    private (Error Failure, string Detail) Why(Exception e)
    {
        var said = RemoteText.Head(RemoteText.Of(Encoding.UTF8.GetBytes(e.Message)).Split('\n')[0], 300);
        if (Key.Length > 0 && host.HostKey.Length > 0 && Key != host.HostKey) return (SshErrors.HostKeyChanged, $"{KeyType} {Key}");
        return e switch
        {
            // By the words of the one version of the library that is used; there is no other sign.
            SshAuthenticationException when e.Message.StartsWith("Permission denied", StringComparison.Ordinal) => (host.Way == SignInWay.Key ? SshErrors.KeyRefused : SshErrors.WrongPassword, said),
            SshAuthenticationException => (SshErrors.MethodRefused, said),
            SshOperationTimeoutException => (SshErrors.TimedOut, said),
            SshConnectionException { DisconnectReason: DisconnectReason.KeyExchangeFailed or DisconnectReason.HostKeyNotVerifiable } => (SshErrors.NoCommonAlgorithm, said),
            SshConnectionException when Key.Length == 0 => (SshErrors.NotSsh, said),
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => (SshErrors.Refused, said),
            SocketException { SocketErrorCode: SocketError.TimedOut } => (SshErrors.TimedOut, said),
            SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown } => (SshErrors.NoRoute, said),
            _ => (Key.Length == 0 && e is not SocketException ? SshErrors.NotSsh : SshErrors.Broken, said),
        };
    }
}
