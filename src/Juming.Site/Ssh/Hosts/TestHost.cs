using Juming.Platform.Handlers;
using Juming.Site.Ssh.Commands;
using Juming.Site.Ssh.Effects;
using Juming.Site.Ssh.Session;

namespace Juming.Site.Ssh.Hosts;

/// <summary>Signs in once and looks who that is; changes nothing.</summary>
internal sealed record TestHost(Guid Id) : ICommand<HostTrial>, INeeds<SshHosts>;

/// <summary>What a test told.</summary>
/// <param name="Failure">Code of why it failed; null when it did not.</param>
/// <param name="Detail">What the host or the network said; attacker-controlled.</param>
/// <param name="HostKey">Fingerprint that the host showed; empty when it showed none.</param>
/// <param name="HostKeyType">Type of that key.</param>
/// <param name="Pinned">It was seen for the first time, and is the one that the host must show from now on.</param>
/// <param name="Account">Account that the host sees; attacker-controlled.</param>
/// <param name="System">System that it names; attacker-controlled.</param>
/// <param name="Root">"root", "sudo" or "none": how what needs root can be done.</param>
internal sealed record HostTrial(string? Failure, string Detail, string HostKey, string HostKeyType, bool Pinned, string Account, string System, string Root);

file sealed class Handler(HostDesk desk) : ICommandHandler<TestHost, HostTrial>
{
    private static readonly CommandTemplate WhoAmI = TemplateReader.Read("""
        apiVersion: juming/command.v1
        id: who-am-i
        version: 1
        kind: command
        platform: linux
        name: {zh: 登录测试, en: Sign-in test}
        about: {zh: 查看登录账号与系统, en: Tells the account and the system}
        timeout: 15
        output: 4
        read: |
          id -un
          uname -sr
          if [ "$(id -u)" -eq 0 ]; then echo root; elif sudo -n true 2>/dev/null; then echo sudo; else echo none; fi
        """).Template!;

    public async Task<Result<HostTrial>> Handle(TestHost request, CancellationToken cancellationToken)
    {
        await using var visit = await desk.Visit(request.Id, cancellationToken);
        if (visit.Host is not { } host) return SshErrors.NoSuchHost;
        var signed = visit.Signed;
        if (signed.Failure is { } failure) return new HostTrial(failure.Code, signed.Detail, signed.Key, signed.KeyType, false, "", "", "");
        var read = await CommandRunner.Run(visit, new CommandPlan(host, WhoAmI, new Dictionary<string, string>(), null, ""), WhoAmI.Read!, "", cancellationToken);
        var lines = read.Output.Split('\n');
        if (read is not { Answer: RemoteAnswer.Silent, Exit: 0, Failure: null } || lines.Length < 3) return new HostTrial(CommandRunner.Why(read).Code, read.Said, signed.Key, signed.KeyType, visit.Pinned, "", "", "");
        return new HostTrial(null, "", signed.Key, signed.KeyType, visit.Pinned, lines[0], lines[1], lines[2] is "root" or "sudo" ? lines[2] : "none");
    }
}
