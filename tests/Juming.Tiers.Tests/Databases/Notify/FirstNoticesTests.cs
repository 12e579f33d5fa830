using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Notify;
using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Channels.Change;
using Juming.Platform.Notify.Log;
using Juming.Platform.Notify.Rules;
using Juming.Site.Detection;
using Juming.Testing;
using Juming.Testing.FakeMessengers;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases.Notify;

/// <summary>What happens on a site reaches a messenger, on both databases.</summary>
[TestFixture(TestDatabases.Sqlite)]
[TestFixture(TestDatabases.Postgres)]
[NonParallelizable]
internal sealed class FirstNoticesTests(string database)
{
    [Test]
    public async Task A_silent_source_and_an_urgent_incident_are_told_and_inner_names_are_not()
    {
        var settings = await TestDatabases.Make(database);
        settings["Outbound:AllowedNetworks:0"] = "127.0.0.0/8";
        settings["Modules:Notify:PublicUrl"] = "https://site.example";
        await using var fake = await FakeMessengers.Start();
        await using var site = await RunningTier.Start("site", settings: settings);
        var robot = await site.Send(new SaveChannel { Name = "群", Kind = ChannelKind.WeComRobot, Settings = new Dictionary<string, string> { ["address"] = fake.Address.ToString() }, Secrets = new Dictionary<string, Secret> { ["key"] = new(fake.WeCom.RobotKey) } });
        Assert.That(robot.Error, Is.Null);
        Assert.That((await site.Send(new SaveRule { Name = "all", LeastWeight = NoticeWeight.Warning, Roles = [Role.Analyst], Channels = [robot.Value] })).Error, Is.Null);

        // As severe as an attack, so that the incident that it opens can't wait.
        site.Services.GetRequiredService<IAlertIntake>().Raise("collection.source-silent", Severity.Critical, new Dictionary<string, string> { ["source"] = "canary-fw-17", ["minutes"] = "9" }, 1, TimeProvider.System.GetUtcNow());
        for (var i = 0; i < 300 && fake.Received("wecom-robot").Count < 2; i++) await Task.Delay(100);

        var texts = fake.Received("wecom-robot").Select(m => m.Body.GetProperty("text").GetProperty("content").GetString()!).ToList();
        Assert.That(texts, Has.Count.EqualTo(2), string.Join("\n---\n", texts));
        Assert.That(texts, Has.One.Contains("[聚明][注意] 日志来源停止发送\n来源：c***\n已静默 9 分钟").And.One.Match(@"新安全事件 INC-\d{4}-0001 严重 P2"));
        Assert.That(texts, Has.One.Contains("https://site.example/incidents/INC-"));
        Assert.That(string.Join('\n', fake.Wire), Does.Not.Contain("canary-fw-17"));
        Assert.That((await site.Send(new ListDeliveries(null, null))).Value.Items, Has.Count.EqualTo(2));
    }
}
