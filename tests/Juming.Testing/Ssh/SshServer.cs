using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Juming.Testing.Ssh;

/// <summary>
/// A real OpenSSH server on a port of its own, in a room of its own: its /etc, homes, services, kernel settings and processes are copies, so that commands do there what they
/// do on a host and the machine stays as it is. Accounts: root (key), ops (password, sudo), plain (password, no sudo), zhang (the one things are done to).
/// </summary>
public sealed class SshServer : IAsyncDisposable
{
    private readonly Process _room;
    private readonly string _folder;
    private readonly int _inside;

    private SshServer(Process room, string folder, int port, int inside) => (_room, _folder, Port, _inside) = (room, folder, port, inside);

    /// <summary>Password of the account ops.</summary>
    public const string OpsPassword = "Correct-horse-1";

    /// <summary>Password of the account plain.</summary>
    public const string PlainPassword = "Correct-horse-2";

    /// <summary>Its port on 127.0.0.1 to 127.0.0.15 (sshd takes no more), so that it can stand for several hosts.</summary>
    public int Port { get; }

    /// <summary>Private key that signs in as root.</summary>
    public string RootKey => File.ReadAllText(Path.Combine(_folder, "root"));

    /// <summary>Private key under the passphrase "open sesame" that signs in as root.</summary>
    public string SealedKey => File.ReadAllText(Path.Combine(_folder, "sealed"));

    /// <summary>Private key that signs in as nobody here.</summary>
    public string OtherKey => File.ReadAllText(Path.Combine(_folder, "other"));

    /// <summary>What the server logged.</summary>
    public string Log => File.ReadAllText(Path.Combine(_folder, "sshd.log"));

    /// <summary>Starts one; a test that needs it is skipped where mounts can't be made or sshd is not installed.</summary>
    public static async Task<SshServer> Start()
    {
        if (!File.Exists("/usr/sbin/sshd") || Environment.UserName != "root") Needs.Skip(Needs.Mount, "A host's room needs root and openssh-server.");
        var folder = Directory.CreateTempSubdirectory("juming-ssh-").FullName;
        foreach (var script in new[] { "sshd.sh", "systemctl.sh" })
        {
            await using var from = typeof(SshServer).Assembly.GetManifestResourceStream("Ssh." + script)!;
            await using var to = File.Create(Path.Combine(folder, script == "systemctl.sh" ? "systemctl" : script));
            await from.CopyToAsync(to);
        }
        var port = FreePort();
        var room = Process.Start(new ProcessStartInfo("unshare", ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", Path.Combine(folder, "sshd.sh"), folder, port.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string? first;
        try
        {
            first = await room.StandardOutput.ReadLineAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            room.Kill();
            throw;
        }
        if (first != "ready")
        {
            var said = await room.StandardError.ReadToEndAsync(patience.Token);
            Directory.Delete(folder, true);
            if (said.StartsWith("unshare:", StringComparison.Ordinal) || said.StartsWith("mount:", StringComparison.Ordinal)) Needs.Skip(Needs.Mount, said.Trim());
            throw new InvalidOperationException(said);
        }
        var inside = int.Parse((await File.ReadAllTextAsync($"/proc/{room.Id}/task/{room.Id}/children", patience.Token)).Trim().Split(' ')[0], CultureInfo.InvariantCulture);
        var server = new SshServer(room, folder, port, inside);
        await server.Sh($"until ssh-keyscan -p {port} 127.0.0.1 2>/dev/null | grep -q ed25519; do sleep 0.05; done");
        return server;
    }

    /// <summary>Fingerprint of one of its keys: "ed25519" or "ecdsa".</summary>
    public async Task<string> Fingerprint(string type = "ed25519") => (await Sh($"ssh-keygen -lf /etc/ssh/ssh_host_{type}_key.pub")).Split(' ')[1];

    /// <summary>Runs a script in the room, as root: to prepare it and to see what is really so. Answers what it wrote.</summary>
    public async Task<string> Sh(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("nsenter", ["-t", _inside.ToString(CultureInfo.InvariantCulture), "-m", "-p", "sh", "-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        shell.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var told = await Task.WhenAll(shell.StandardOutput.ReadToEndAsync(patience.Token), shell.StandardError.ReadToEndAsync(patience.Token));
        await shell.WaitForExitAsync(patience.Token);
        return shell.ExitCode == 0 ? told[0].TrimEnd('\n') : throw new InvalidOperationException($"{script}: {shell.ExitCode} {told[0]} {told[1]}");
    }

    /// <summary>Sets lines on top of the server's settings and loads them.</summary>
    public Task Set(params string[] lines) => Sh($"f=/etc/ssh/sshd_config; {{ printf '%s\\n' {string.Join(' ', lines.Select(l => $"'{l}'"))}; cat $f; }} >$f.new && cat $f.new >$f && rm $f.new && kill -HUP $(cat /run/sshd.pid) && sleep 0.2 && until ssh-keyscan -p {Port} 127.0.0.1 2>/dev/null | grep -q ssh; do sleep 0.05; done");

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _room.Kill();
        await _room.WaitForExitAsync();
        _room.Dispose();
        Directory.Delete(_folder, true);
    }
}
