using Juming.Platform.Handlers;
using Juming.Site.Response;
using Juming.Site.Response.Runs;
using Juming.Site.Ssh.Hosts;
using Juming.Site.Tests.Response;
using Juming.Testing.Ssh;
using NUnit.Framework;
using static Juming.Site.Tests.Response.ResponseBench;

namespace Juming.Site.Tests.Ssh;

/// <summary>A running site whose playbooks act on a real OpenSSH server.</summary>
internal sealed class SshBench : IAsyncDisposable
{
    public static readonly Dictionary<string, string?> Settings = new() { ["Modules:Ssh:AllowThisMachine"] = "true", ["Modules:Ssh:ConnectSeconds"] = "5", ["Modules:Detection:StarterPack"] = "false" };

    private SshBench(ResponseBench bench, SshServer server) => (Bench, Server) = (bench, server);

    public ResponseBench Bench { get; }

    public SshServer Server { get; }

    /// <summary>Starts both; hosts "root" (key), "ops" (password, sudo) and "plain" (password, no sudo) are in the register.</summary>
    public static async Task<SshBench> Start()
    {
        var server = await SshServer.Start();
        var bench = new SshBench(await ResponseBench.Start(settings: Settings), server);
        await bench.Add("root", "root", key: server.RootKey);
        return bench;
    }

    public async Task<Guid> Add(string name, string account, string password = "", string key = "", int? port = null, string passphrase = "", string hostKey = "", string? address = null)
    {
        var added = await Bench.Site.Send(Wish(name, account, password, key, port ?? Server.Port, passphrase, hostKey, address));
        Assert.That(added.Error, Is.Null, added.Error?.ToString());
        return added.Value;
    }

    // The register holds each address with its port once; the loopback network has enough of them.
    public static AddHost Wish(string name, string account, string password, string key, int port, string passphrase = "", string hostKey = "", string? address = null) =>
        new(name, address ?? "127.0.0.1", account, "信息中心 王主任", "授权书 2026-011") { Port = port, Password = new Secret(password), PrivateKey = new Secret(key), Passphrase = new Secret(passphrase), HostKey = hostKey };

    public async Task<HostView> Host(Guid id) => (await Bench.Site.Send(new GetHost(id))).Value;

    public async Task<HostTrial> Test(Guid id)
    {
        var told = await Bench.Site.Send(new TestHost(id));
        Assert.That(told.Error, Is.Null, told.Error?.ToString());
        return told.Value;
    }

    public Task<string> Sh(string script) => Server.Sh(script);

    public static string Step(string capability, string host, string template, string inputs = "") => Document("do", new { @do = new { type = "action", commands = Do(capability, Args(host, template, inputs)) } });

    public static Dictionary<string, string> Args(string host, string template, string inputs = "") => new() { ["ssh-host"] = host, ["template"] = template, ["inputs"] = inputs };

    /// <summary>Runs one step to its end.</summary>
    public Task<RunView> Run(string capability, string host, string template, string inputs = "") => Bench.Run(Step(capability, host, template, inputs));

    /// <summary>Runs one step that comes about.</summary>
    public async Task<RunView> Works(string capability, string host, string template, string inputs = "")
    {
        var run = await Run(capability, host, template, inputs);
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), () => Told(run));
        return run;
    }

    /// <summary>Runs one step that is refused with a code.</summary>
    public async Task<RunView> Refused(string code, string capability, string host, string template, string inputs = "")
    {
        var run = await Run(capability, host, template, inputs);
        Assert.That((run.Brief.State, run.Brief.Failure), Is.EqualTo((RunState.Failed, code)), () => Told(run));
        return run;
    }

    public async Task<RunView> RollBack(RunView run)
    {
        Assert.That((await Bench.Site.Send(new RollBackRun(run.Brief.Number))).Error, Is.Null);
        return await Bench.Until(run.Brief.Number, r => r.Brief.State == RunState.RolledBack);
    }

    public static string Told(RunView run) => $"{run.Brief.State} {run.Brief.Failure} {string.Join('\n', run.Steps.SelectMany(s => s.Evidence).Select(e => $"{e.Key}: {e.Value}"))}";

    public async ValueTask DisposeAsync()
    {
        await Bench.DisposeAsync();
        await Server.DisposeAsync();
    }
}
