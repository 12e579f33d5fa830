using System.Net;
using System.Net.Sockets;
using Juming.Platform.Handlers;
using Juming.Site.Ssh.Data;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Juming.Site.Ssh.Session;

/// <summary>What a host wrote, and how that ended.</summary>
/// <param name="Output">Standard output, its first bytes.</param>
/// <param name="Errors">Standard error, its first bytes.</param>
/// <param name="Exit">Exit status; null when none came.</param>
/// <param name="Failure">Code of why it broke off; null when it came to its end.</param>
internal sealed record RemoteOutput(byte[] Output, byte[] Errors, int? Exit, string? Failure);

/// <summary>What came of signing in.</summary>
/// <param name="Session">The session; null when there is none.</param>
/// <param name="Failure">Why not.</param>
/// <param name="Detail">What the host or the network said; attacker-controlled.</param>
/// <param name="Key">Fingerprint of the key that the host showed; empty when it showed none.</param>
/// <param name="KeyType">Type of that key.</param>
internal sealed record SignedIn(HostSession? Session, Error? Failure, string Detail, string Key, string KeyType);

/// <summary>A connection to a host on which an account is signed in.</summary>
internal sealed class HostSession : IAsyncDisposable
{
    // Whoever writes more than this is cut off, however little of it is kept.
    private const long MostTraffic = 4L * 1024 * 1024;

    // What a shell answers for a command that was killed.
    private const int ByASignal = 137;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private readonly SshClient _client;

    private HostSession(SshClient client) => _client = client;

    /// <summary>Connects and signs in: one address, one account, one try of its password or key.</summary>
    public static async Task<SignedIn> Open(HostRow host, Secret secret, Secret passphrase, SshSettings settings, CancellationToken ct)
    {
        var addresses = await HostAddress.Resolve(host.Address, settings, ct);
        if (addresses is null) return Failed(SshErrors.ThisMachine.With("value", host.Address), host.Address);
        if (addresses.Count == 0) return Failed(SshErrors.NameUnknown, host.Address);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(settings.ConnectSeconds));
        var hand = new SignInHand(host, secret, passphrase);
        try
        {
            return await Task.Run(() => hand.Open(addresses[0], TimeSpan.FromSeconds(settings.ConnectSeconds), limit.Token), CancellationToken.None);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Failed(SshErrors.TimedOut, "", hand);
        }
    }

    private static SignedIn Failed(Error failure, string detail, SignInHand? hand = null) => new(null, failure, detail, hand?.Key ?? "", hand?.KeyType ?? "");

    /// <summary>Runs a script and takes what it writes, within bounds of time and size. What hangs is cut off here and ended by "timeout" there.</summary>
    public async Task<RemoteOutput> Run(RemoteScript script, TimeSpan limit, int mostBytes, CancellationToken ct)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(limit + TimeSpan.FromSeconds(RemoteScript.KillAfter) + Grace);
        using var command = _client.CreateCommand(script.Line);
        var (output, errors) = (new Kept(mostBytes), new Kept(mostBytes));
        try
        {
            // The library waits in places where it takes no token: whoever gives up leaves it behind and closes the connection.
            await Task.Run(() => Exchange(command, script.Text, output, errors, bound.Token), CancellationToken.None).WaitAsync(bound.Token);
            var exit = command.ExitStatus ?? (command.ExitSignal is null ? null : ByASignal);
            return new RemoteOutput(output.Bytes, errors.Bytes, exit, exit is null ? SshErrors.Broken.Code : null);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Broke(SshErrors.CommandTimedOut);
        }
        catch (TooMuchException)
        {
            return Broke(SshErrors.TooMuchOutput);
        }
        catch (Exception e) when (e is SshException or SocketException or IOException or InvalidOperationException or ObjectDisposedException)
        {
            return Broke(SshErrors.Broken);
        }

        RemoteOutput Broke(Error why) => new(output.Bytes, errors.Bytes, null, why.Code);
    }

    public async ValueTask DisposeAsync()
    {
        // Saying farewell waits for the other side, which may not listen any more.
        var closing = Task.Run(_client.Dispose, CancellationToken.None);
        await Task.WhenAny(closing, Task.Delay(Farewell, CancellationToken.None));
    }

    internal static HostSession Of(SshClient client) => new(client);

    private static async Task Exchange(SshCommand command, string script, Kept output, Kept errors, CancellationToken ct)
    {
        var running = command.ExecuteAsync(ct);
        await using (var input = command.CreateInputStream())
        {
            await input.WriteAsync(System.Text.Encoding.UTF8.GetBytes(script), ct);
            await input.FlushAsync(ct);
        }
        var reading = new List<Task> { output.Take(command.OutputStream, ct), errors.Take(command.ExtendedOutputStream, ct) };
        // The first that can't go on ends it: the other may wait for what never comes.
        while (reading.Count > 0)
        {
            var ended = await Task.WhenAny(reading);
            await ended;
            reading.Remove(ended);
        }
        await running;
    }

    /// <summary>The first bytes of a stream; the rest is read and let go.</summary>
    private sealed class Kept(int most)
    {
        private readonly MemoryStream _first = new();

        public byte[] Bytes
        {
            get
            {
                lock (_first) return _first.ToArray();
            }
        }

        public async Task Take(Stream from, CancellationToken ct)
        {
            var (buffer, all) = (new byte[32 * 1024], 0L);
            while (await from.ReadAsync(buffer, ct) is var count and > 0)
            {
                if ((all += count) > MostTraffic) throw new TooMuchException();
                lock (_first) _first.Write(buffer, 0, (int)Math.Min(count, most - _first.Length));
            }
        }
    }

    private sealed class TooMuchException : Exception;
}
