using Juming.Site.Response;
using Juming.Site.Response.Engine;
using Juming.Site.Ssh.Commands;
using Juming.Site.Ssh.Effects;
using Juming.Site.Tests.Response;
using Juming.Testing;
using Juming.Testing.Ssh;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Ssh;

/// <summary>A site that ends between a row and the host, or between the host and a row: the host is read, and the effect is there once.</summary>
[Category("S3.1")]
internal sealed class CrashTests
{
    private const string Counts = """
        apiVersion: juming/command.v1
        id: count
        version: 1
        kind: command
        platform: linux
        name: {zh: 计数, en: Count}
        about: {zh: 计数, en: Count}
        risk: {zh: 无, en: None}
        parameters: [{name: name, type: word, label: {zh: 名称, en: Name}}]
        timeout: 1
        check: |
          grep -qx "$name" /srv/count 2>/dev/null && there
          absent "$(cat /srv/count 2>/dev/null)"
        apply: echo "$name" >>/srv/count
        undo: |
          grep -vx "$name" /srv/count >/srv/count.new
          cat /srv/count.new >/srv/count
        """;

    private SshServer _server = null!;
    private string _folder = null!;

    [OneTimeSetUp]
    public async Task Start() => _server = await SshServer.Start();

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("juming-crash-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, true);

    [TestCase(IEffectPoints.Begun, 0, Category = "Long"), TestCase(IEffectPoints.Applied, 1), TestCase(IEffectPoints.Kept, 1, Category = "Long")]
    public async Task An_effect_is_there_once_whatever_the_point_at_which_the_site_ends(string point, int thereThen)
    {
        await _server.Sh("echo before >/srv/count");
        var ends = new EndsAt(point);
        string number;
        await using (var first = await ResponseBench.Start(_folder, SshBench.Settings, points: ends, services: s => s.AddSingleton<IEffectPoints>(ends)))
        {
            Assert.That((await first.Site.Send(new KeepCommand(Counts))).Error, Is.Null);
            Assert.That((await first.Site.Send(SshBench.Wish("root", "root", "", _server.RootKey, _server.Port))).Error, Is.Null);
            number = await first.Begin(await first.Publish(SshBench.Step("ssh-command", "root", "count", "name=effect")));
            await ends.Reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }
        Assert.That(await Count(), Is.EqualTo(thereThen));
        if (thereThen == 0)
        {
            // What may still be at work on the host is waited for and not begun again.
            await using var early = await ResponseBench.Start(_folder, SshBench.Settings);
            await early.Until(number, r => r.Steps[0].Code == "ssh.still-running");
            Assert.That(await Count(), Is.Zero);
        }
        await using var later = await ResponseBench.Start(_folder, SshBench.Settings, services: s => s.AddSingleton<TimeProvider>(new ShiftedClock { Shift = TimeSpan.FromMinutes(5) }));
        var run = await later.Over(number);
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), () => SshBench.Told(run));
        Assert.That((await Count(), run.Steps[0].Evidence["changed"]), Is.EqualTo((1, "true")));
        Assert.That((await later.Site.Send(new Site.Response.Runs.RollBackRun(number))).Error, Is.Null);
        await later.Until(number, r => r.Brief.State == RunState.RolledBack);
        Assert.That(await _server.Sh("cat /srv/count"), Is.EqualTo("before"));
    }

    private async Task<int> Count() => int.Parse(await _server.Sh("grep -cx effect /srv/count || :"), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Breaks off at a point, as if the process ended there, and at every point after it.</summary>
    private sealed class EndsAt(string at) : IRunPoints, IEffectPoints
    {
        private volatile bool _ended;

        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Reach(string point, string key) => Reach(point);

        public void Reach(string point)
        {
            if (!_ended && point != at) return;
            _ended = true;
            Reached.TrySetResult();
            throw new InvalidOperationException("The process ended here.");
        }
    }
}
