using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Platform.Handlers;
using Juming.Site.Response;
using Juming.Site.Ssh.Data;
using Juming.Site.Ssh.Hosts;
using Juming.Testing.Ssh;
using NUnit.Framework;

namespace Juming.Site.Tests.Ssh;

/// <summary>Signing in to hosts: what is pinned, what is tried once, and what is told when it fails.</summary>
[Category("S3.2")]
internal sealed class SignInTests
{
    private SshBench _bench = null!;
    private int _last = 1;

    [OneTimeSetUp]
    public async Task Start() => _bench = await SshBench.Start();

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_bench is not null) await _bench.DisposeAsync();
    }

    /// <summary>Another address of the loopback network, which leads to the same server: another host.</summary>
    private async Task<Guid> Add(string account, string password = "", string key = "", string passphrase = "", string hostKey = "")
    {
        _last++;
        return await _bench.Add($"host-{_last}", account, password, key, passphrase: passphrase, hostKey: hostKey, address: $"127.0.0.{_last}");
    }

    [Test]
    public async Task The_first_sign_in_pins_the_key_and_tells_who_it_is()
    {
        var id = await Add("ops", SshServer.OpsPassword);
        var told = await _bench.Test(id);
        Assert.That((told.Failure, told.Account, told.Root, told.Pinned), Is.EqualTo(((string?)null, "ops", "sudo", true)), told.Detail);
        Assert.That(told.System, Does.StartWith("Linux "));
        var host = await _bench.Host(id);
        Assert.That(new[] { await _bench.Server.Fingerprint(), await _bench.Server.Fingerprint("ecdsa") }, Does.Contain(told.HostKey));
        Assert.That((host.HostKey, host.State), Is.EqualTo((told.HostKey, HostState.Ready)));
        told = await _bench.Test(id);
        Assert.That((told.Failure, told.Pinned), Is.EqualTo(((string?)null, false)));
    }

    [Test]
    public async Task A_key_and_a_key_under_a_passphrase_sign_in()
    {
        Assert.That((await _bench.Test(await Add("root", key: _bench.Server.RootKey))).Root, Is.EqualTo("root"));
        Assert.That((await _bench.Test(await Add("root", key: _bench.Server.SealedKey, passphrase: "open sesame"))).Root, Is.EqualTo("root"));
        var wish = SshBench.Wish("sealed", "root", "", _bench.Server.SealedKey, 9, passphrase: "another");
        Assert.That((await _bench.Bench.Site.Send(wish)).Error?.Code, Is.EqualTo("ssh.not-a-key"));
        Assert.That((await _bench.Bench.Site.Send(wish with { PrivateKey = new Secret("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----") })).Error?.Code, Is.EqualTo("ssh.not-a-key"));
    }

    [Test]
    public async Task A_wrong_password_is_sent_once_and_not_again_until_a_person_enters_another()
    {
        var id = await Add("plain", "wrong-password");
        var before = Refusals("plain");
        Assert.That((await _bench.Test(id)).Failure, Is.EqualTo("ssh.wrong-password"));
        Assert.That((await _bench.Test(id)).Failure, Is.EqualTo("ssh.wrong-password"));
        await _bench.Refused("ssh.wrong-password", "ssh-command", (await _bench.Host(id)).Name, "triage");
        Assert.That(Refusals("plain") - before, Is.EqualTo(1));
        Assert.That((await _bench.Host(id)).State, Is.EqualTo(HostState.WrongPassword));
        Assert.That(_bench.Bench.Notices.Posted.Where(n => n.Code == "ssh.host-stopped" && n.Path!.EndsWith(id.ToString(), StringComparison.Ordinal)).ToList(), Has.Count.EqualTo(1));
        Assert.That((await _bench.Bench.Site.Send(new ChangeHost(id) { Password = new Secret(SshServer.PlainPassword) })).Error, Is.Null);
        Assert.That((await _bench.Test(id)).Root, Is.EqualTo("none"));
    }

    [Test]
    public async Task A_refused_key_is_not_offered_again()
    {
        var id = await Add("root", key: _bench.Server.OtherKey);
        Assert.That((await _bench.Test(id)).Failure, Is.EqualTo("ssh.key-refused"));
        Assert.That((await _bench.Host(id)).State, Is.EqualTo(HostState.KeyRefused));
    }

    [Test]
    public async Task A_host_that_asks_in_a_dialogue_gets_the_password_once()
    {
        var id = await Add("ops", SshServer.OpsPassword);
        await _bench.Server.Set("PasswordAuthentication no", "KbdInteractiveAuthentication no");
        Assert.That((await _bench.Test(id)).Failure, Is.EqualTo("ssh.method-refused"));
        Assert.That((await _bench.Host(id)).State, Is.EqualTo(HostState.Failing), "no password was sent, so none was wrong");
        await _bench.Server.Set("KbdInteractiveAuthentication yes", "UsePAM yes");
        var told = await _bench.Test(id);
        Assert.That((told.Failure, told.Account), Is.EqualTo(((string?)null, "ops")), told.Detail);
        await _bench.Bench.Site.Send(new ChangeHost(id) { Password = new Secret("wrong") });
        Assert.That((await _bench.Test(id)).Failure, Is.EqualTo("ssh.wrong-password"));
        await _bench.Server.Set("PasswordAuthentication yes", "UsePAM no");
    }

    [Test]
    public async Task Another_key_of_the_host_stops_everything_until_a_person_accepts_that_very_key()
    {
        await using var server = await SshServer.Start();
        var id = await _bench.Add("moving", "ops", SshServer.OpsPassword, port: server.Port);
        Assert.That((await _bench.Test(id)).Failure, Is.Null);
        // Where another type would be shown first, the pinned one is asked for.
        var pinned = await _bench.Host(id);
        await server.Sh("rm /etc/ssh/ssh_host_*; for t in ed25519 ecdsa; do ssh-keygen -q -t $t -N '' -f /etc/ssh/ssh_host_${t}_key; done");
        await server.Set("LoginGraceTime 60");
        var attempts = server.Log.Split("Accepted password").Length;
        var told = await _bench.Test(id);
        var host = await _bench.Host(id);
        Assert.That((told.Failure, host.State, host.HostKey), Is.EqualTo(("ssh.host-key-changed", HostState.HostKeyChanged, pinned.HostKey)));
        Assert.That(host.SeenKey, Is.EqualTo(await server.Fingerprint(pinned.HostKeyType.Contains("ed25519", StringComparison.Ordinal) ? "ed25519" : "ecdsa")));
        await _bench.Refused("ssh.host-key-changed", "ssh-command", "moving", "triage");
        Assert.That(server.Log.Split("Accepted password"), Has.Length.EqualTo(attempts), "nothing was sent to it");
        Assert.That(_bench.Bench.Notices.Posted.Any(n => n.Code == "ssh.host-stopped" && n.Weight == Platform.Notify.NoticeWeight.Critical));
        Assert.That((await _bench.Bench.Site.Send(new ChangeHost(id) { AcceptHostKey = pinned.HostKey })).Error?.Code, Is.EqualTo("ssh.other-host-key"));
        Assert.That((await _bench.Bench.Site.Send(new ChangeHost(id) { AcceptHostKey = host.SeenKey })).Error, Is.Null);
        Assert.That((await _bench.Test(id)).Failure, Is.Null);
    }

    [Test]
    public async Task A_fingerprint_that_is_known_beforehand_is_held_from_the_first_connection_on()
    {
        var id = await Add("ops", SshServer.OpsPassword, hostKey: "SHA256:" + new string('A', 43));
        Assert.That((await _bench.Test(id)).Failure, Is.EqualTo("ssh.host-key-changed"));
        Assert.That((await _bench.Bench.Site.Send(SshBench.Wish("x", "ops", "p", "", 9, hostKey: "MD5:00"))).Error?.Code, Is.EqualTo("ssh.not-a-fingerprint"));
    }

    [Test]
    public async Task What_needs_root_is_refused_where_sudo_asks_for_a_password_and_done_where_it_does_not()
    {
        await Add("plain", SshServer.PlainPassword);
        var name = $"host-{_last}";
        await _bench.Refused("ssh.sudo-refused", "harden", name, "password-max-days");
        await _bench.Sh("printf '%s\\n' 'plain:!' | chpasswd -e; usermod -s /usr/sbin/nologin plain");
        await Add("ops", SshServer.OpsPassword);
        name = $"host-{_last}";
        var run = await _bench.Works("harden", name, "sshd-no-root-login");
        Assert.That(await _bench.Sh("sshd -T | grep -i ^permitroot"), Is.EqualTo("permitrootlogin no"));
        await _bench.Refused("ssh.own-access", "harden", name, "sshd-no-passwords");
        await _bench.Refused("ssh.own-account", "change-rights", name, "lock-account", "account=ops");
        await _bench.Sh("printf 'ops ALL=(ALL) NOPASSWD: ALL\\nzhang ALL=(ALL) ALL\\n' >/etc/sudoers.d/both; chmod 440 /etc/sudoers.d/both");
        await _bench.Refused("ssh.own-access", "change-rights", name, "remove-sudo-rule", "account=zhang\nrule=both");
        await _bench.RollBack(run);
        Assert.That(await _bench.Sh("sshd -T | grep -i ^permitroot"), Is.EqualTo("permitrootlogin without-password"));
    }

    [TestCase("", "ssh.refused", TestName = "Nobody_listens")]
    [TestCase("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n", "ssh.not-ssh", TestName = "A_web_server_answers")]
    [TestCase("SSH-2.0-x\r\n\0\0\0\fgarbage garbage garbage garbage", "ssh.not-ssh", TestName = "It_says_SSH_and_is_none")]
    [TestCase("bomb", "ssh.timed-out|ssh.not-ssh", TestName = "A_banner_without_end")]
    [TestCase("silent", "ssh.timed-out|ssh.not-ssh", TestName = "It_says_nothing")]
    public async Task What_answers_there_is_told(string says, string codes)
    {
        var port = SshServer.FreePort();
        await using var other = says.Length == 0 ? null : new OtherServer(port, says);
        var id = await _bench.Add("other-" + port, "root", "secret-of-the-host", port: port);
        var began = TimeProvider.System.GetUtcNow();
        var told = await _bench.Test(id);
        Assert.That(codes.Split('|'), Does.Contain(told.Failure), told.Detail);
        Assert.That(TimeProvider.System.GetUtcNow() - began, Is.LessThan(TimeSpan.FromSeconds(20)));
        Assert.That(other?.Took ?? "", Does.Not.Contain("secret-of-the-host"));
        Assert.That((await _bench.Host(id)).State, Is.EqualTo(HostState.Failing));
    }

    [Test]
    public async Task Algorithms_that_are_not_safe_any_more_are_not_used()
    {
        await using var server = await SshServer.Start();
        await server.Set("KexAlgorithms sntrup761x25519-sha512@openssh.com", "Ciphers chacha20-poly1305@openssh.com");
        await server.Sh("ssh -V");
        var id = await _bench.Add("narrow", "ops", SshServer.OpsPassword, port: server.Port, hostKey: "SHA256:" + new string('A', 43));
        Assert.That((await _bench.Test(id)).Failure, Is.EqualTo("ssh.no-common-algorithm").Or.EqualTo("ssh.host-key-changed"));
    }

    [TestCase("0.0.0.0"), TestCase("169.254.169.254"), TestCase("::ffff:169.254.169.254"), TestCase("224.0.0.1"), TestCase("fe80::1")]
    public async Task What_is_no_host_is_refused(string address) =>
        Assert.That((await _bench.Bench.Site.Send(SshBench.Wish("no", "root", "p", "", 22, address: address))).Error?.Code, Is.EqualTo("ssh.this-machine"));

    [TestCase("10.0.0"), TestCase("a b"), TestCase("root@10.0.0.1"), TestCase("-oProxyCommand=id"), TestCase("0x7f.1"), TestCase("http://10.0.0.1"), TestCase("ａ.example")]
    public async Task What_is_no_address_is_refused(string address) =>
        Assert.That((await _bench.Bench.Site.Send(SshBench.Wish("no", "root", "p", "", 22, address: address))).Error?.Code, Is.EqualTo("ssh.not-an-address").Or.EqualTo("ssh.this-machine"));

    [Test]
    public async Task Secrets_are_kept_and_never_told()
    {
        var id = await Add("ops", SshServer.OpsPassword);
        await _bench.Test(id);
        var host = System.Text.Json.JsonSerializer.Serialize(await _bench.Host(id));
        Assert.That(host, Does.Not.Contain(SshServer.OpsPassword));
        foreach (var file in Directory.GetFiles(_bench.Bench.Site.Folder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".sock", StringComparison.Ordinal)))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(open, Encoding.Latin1);
            Assert.That(await reader.ReadToEndAsync(), Does.Not.Contain(SshServer.OpsPassword), file);
        }
        Assert.That((await _bench.Bench.Site.Send(new RemoveHost(id))).Error, Is.Null);
        await _bench.Refused("ssh.no-such-host", "ssh-command", id.ToString(), "triage");
    }

    [Test]
    public async Task A_host_without_authorisation_is_not_taken()
    {
        var wish = SshBench.Wish("no", "root", "p", "", 22, address: "10.0.0.9");
        Assert.That((await _bench.Bench.Site.Send(wish with { AuthorisedBy = " " })).Error?.Code, Is.EqualTo("ssh.not-authorised"));
    }

    private int Refusals(string account) => _bench.Server.Log.Split($"Failed password for {account} ").Length - 1;

    /// <summary>Something else that listens.</summary>
    private sealed class OtherServer : IAsyncDisposable
    {
        private readonly TcpListener _listener;
        private readonly CancellationTokenSource _end = new();
        private readonly Task _loop;
        private readonly StringBuilder _took = new();

        public OtherServer(int port, string says)
        {
            _listener = new TcpListener(IPAddress.Loopback, port);
            _listener.Start();
            _loop = Accept(says);
        }

        public string Took
        {
            get
            {
                lock (_took) return _took.ToString();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            _listener.Dispose();
            await _loop;
            _end.Dispose();
        }

        private async Task Accept(string says)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                var stream = client.GetStream();
                var reading = Read(stream);
                var noise = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("Welcome to this host\r\n", 2000)));
                if (says == "bomb")
                    while (true) await stream.WriteAsync(noise, _end.Token);
                if (says != "silent") await stream.WriteAsync(Encoding.ASCII.GetBytes(says), _end.Token);
                // A server that was asked something odd answers and hangs up.
                if (says != "silent") client.Client.Shutdown(SocketShutdown.Send);
                await reading;
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // The other side hung up, or the test is over.
            }
        }

        private async Task Read(NetworkStream stream)
        {
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, _end.Token) is var count and > 0)
                lock (_took) _took.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
    }
}
