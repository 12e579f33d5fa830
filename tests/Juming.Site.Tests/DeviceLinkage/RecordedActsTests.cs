using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.Recorder;
using Juming.Testing.DeviceLinkage;
using Juming.Testing.Farm.Consoles;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage;

/// <summary>What else a person shows on a console: accounts switched in their rows, hosts isolated, services restarted, figures read.</summary>
[TestFixture]
[Category("S4.1")]
internal sealed class RecordedActsTests
{
    private LinkedSite _site = null!;

    [OneTimeSetUp]
    public async Task Start() => _site = await LinkedSite.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _site.DisposeAsync();

    [Test]
    public async Task An_account_is_disabled_and_enabled_by_what_was_shown_once()
    {
        await using var console = new DirectoryServer(4741);
        await console.Start();
        var device = await _site.Add(console);
        Guid kept;
        await using (var hand = await Hand.Open(_site, device, "zhang.san", "disable-account"))
        {
            await hand.Press("账号管理");
            await hand.Press("停用", "zhang.san");
            await hand.Agree();
            await hand.Until(() => !console.Enabled.Contains("zhang.san"));
            await hand.Turn(RecorderPhase.Proof);
            await hand.Mark("已停用");
            await hand.Turn(RecorderPhase.Undo);
            await hand.Press("启用", "zhang.san");
            await hand.Agree();
            await hand.Until(() => console.Enabled.Contains("zhang.san"));
            kept = await Kept(hand);
        }
        var before = console.TruthLog.Mutations.Count;
        await Use(kept, device, "zhang.san");
        Assert.That(console.TruthLog.Mutations, Has.Count.EqualTo(before), "The rehearsal left a trace.");
        var disabled = await Run(device, "disable-account", "account", "li.si");
        Assert.That((disabled.Failure, disabled.Verified, disabled.Changed), Is.EqualTo(((string?)null, (bool?)true, (bool?)true)), () => _site.Film(disabled.Run));
        Assert.That(console.Enabled, Is.EqualTo(new[] { "wang.wu", "zhang.san" }));
        var again = await Run(device, "disable-account", "account", "li.si");
        Assert.That((again.Failure, again.Verified, again.Changed), Is.EqualTo(((string?)null, (bool?)true, (bool?)false)), () => _site.Film(again.Run));
        var nobody = await Run(device, "disable-account", "account", "nobody");
        Assert.That((nobody.Failure, nobody.Changed), Is.EqualTo(("not-so", (bool?)false)), () => _site.Film(nobody.Run));

        // The inverse is rehearsed on what is disabled now.
        var inverse = (await _site.Tier.Send(new ListRecipes { Device = device })).Value.Items.Single(r => r.Capability == "enable-account");
        await Use(inverse.Id, device, "li.si");
        var enabled = await Run(device, "enable-account", "account", "li.si");
        Assert.That((enabled.Failure, enabled.Verified), Is.EqualTo(((string?)null, (bool?)true)), () => _site.Film(enabled.Run));
        Assert.That(console.Enabled, Does.Contain("li.si"));
    }

    [Test]
    public async Task A_host_is_isolated_by_a_form_and_a_figure_is_read()
    {
        await using var console = new DirectoryServer(4742);
        await console.Start();
        var device = await _site.Add(console);
        Guid isolate, read;
        await using (var hand = await Hand.Open(_site, device, "192.168.7.7", "isolate-host"))
        {
            await hand.Press("隔离终端");
            await hand.Type("终端地址", "192.168.7.7");
            await hand.Press("立即隔离");
            await hand.Until(() => console.InForce.Contains("192.168.7.7"));
            await hand.Turn(RecorderPhase.Proof);
            await hand.Mark("192.168.7.7");
            await hand.Turn(RecorderPhase.Undo);
            await hand.Press("解除隔离", "192.168.7.7");
            await hand.Until(() => !console.InForce.Contains("192.168.7.7"));
            isolate = await Kept(hand);
        }
        await Use(isolate, device, "192.168.7.7");
        var done = await Run(device, "isolate-host", "host", "192.168.7.8");
        Assert.That((done.Failure, done.Verified, console.InForce.Contains("192.168.7.8")), Is.EqualTo(((string?)null, (bool?)true, true)), () => _site.Film(done.Run));
        var gateway = await Run(device, "isolate-host", "host", "127.0.0.1");
        Assert.That((gateway.Failure, gateway.Changed, console.InForce.Contains("127.0.0.1")), Is.EqualTo(("protected", (bool?)false, false)), () => _site.Film(gateway.Run));
        var release = (await _site.Tier.Send(new ListRecipes { Device = device })).Value.Items.Single(r => r.Capability == "release-host");
        await Use(release.Id, device, "192.168.7.8");
        var freed = await Run(device, "release-host", "host", "192.168.7.8");
        Assert.That((freed.Failure, freed.Verified, console.InForce.Contains("192.168.7.8")), Is.EqualTo(((string?)null, (bool?)true, false)), () => _site.Film(freed.Run));

        await using (var hand = await Hand.Open(_site, device, "", RecordedSubject.Read))
        {
            await hand.Press("运行状态");
            await hand.Turn(RecorderPhase.Proof);
            await hand.Mark(await hand.Window.Page.Locator("//td[text()='CPU使用率']/following-sibling::*[1]").TextContentAsync() ?? "");
            read = await Kept(hand);
        }
        await Use(read, device, "");
        var figures = await Run(device, RecordedSubject.Read, "", "");
        Assert.That(figures.Failure, Is.Null, () => _site.Film(figures.Run));
        Assert.That(figures.Outputs.GetValueOrDefault("CPU使用率"), Does.Match("^[0-9]{1,2}$"), () => _site.Film(figures.Run));
    }

    [Test]
    public async Task Recipes_that_come_with_the_program_are_rehearsed_and_do_their_work_on_a_console_that_nobody_has_described()
    {
        await using var console = new DirectoryServer(4745);
        await console.Start();
        var device = await _site.Add(console);
        foreach (var (capability, input, target) in new[] { ("disable-account", "account", "li.si"), ("enable-account", "account", "li.si"), ("isolate-host", "host", "192.168.7.7"), ("release-host", "host", "192.168.7.7") })
        {
            var draft = (await _site.Tier.Send(new DraftReady(device, capability))).Value;
            Assert.That((await _site.Tier.Send(new DecideRecipe(draft, true))).Error?.Code, Is.EqualTo("linkage.not-rehearsed"));
            await Use(draft, device, target);
            var done = await Run(device, capability, input, target);
            Assert.That((done.Failure, done.Verified, done.Changed), Is.EqualTo(((string?)null, (bool?)true, (bool?)true)), () => capability + _site.Film(done.Run));
        }
        Assert.That(console.TruthLog.Mutations.Select(m => (m.Act, m.Target)), Is.EqualTo(new[] { ("disable", "li.si"), ("enable", "li.si"), ("block", "192.168.7.7"), ("unblock", "192.168.7.7") }));
        Assert.That((await _site.Tier.Send(new DraftReady(device, "format-disk"))).Error, Is.Not.Null);
    }

    [Test]
    public async Task A_block_is_taken_away_on_another_page_than_it_was_made()
    {
        const string target = "203.0.113.250";
        await using var console = new DirectoryServer(4744);
        await console.Start();
        var device = await _site.Add(console);
        Guid kept;
        await using (var hand = await Hand.Open(_site, device, target))
        {
            await hand.Press("隔离终端");
            await hand.Type("终端地址", target);
            await hand.Press("立即隔离");
            await hand.Until(() => console.InForce.Contains(target));
            await hand.Turn(RecorderPhase.Proof);
            await hand.Mark(target);
            await hand.Turn(RecorderPhase.Undo);
            await hand.Press("处置记录");
            await hand.Press("撤回处置", target);
            await hand.Until(() => !console.InForce.Contains(target));
            kept = await Kept(hand);
        }
        await Use(kept, device, target);
        var blocked = await _site.Block(device, "203.0.113.9");
        Assert.That((blocked.Failure, console.InForce.Contains("203.0.113.9")), Is.EqualTo(((string?)null, true)), () => _site.Film(blocked.Run));
        var lifted = await _site.Unblock(device, "203.0.113.9");
        Assert.That((lifted.Failure, console.InForce.Contains("203.0.113.9")), Is.EqualTo(((string?)null, false)), () => _site.Film(lifted.Run));
    }

    [Test]
    public async Task A_service_is_restarted_and_without_a_cell_that_shows_it_a_press_in_a_row_makes_no_recipe()
    {
        await using var console = new DirectoryServer(4743);
        await console.Start();
        var device = await _site.Add(console);
        await using var hand = await Hand.Open(_site, device, "认证服务", "restart-service");
        await hand.Press("服务管理");
        await hand.Press("重启", "认证服务");
        await hand.Agree();
        Assert.That((await _site.Tier.Send(new KeepRecording(hand.Id, true))).Error?.Code, Is.EqualTo("linkage.no-proof"));
        await hand.Turn(RecorderPhase.Proof);
        await hand.Mark("认证服务");
        Assert.That((await _site.Tier.Send(new KeepRecording(hand.Id, true))).Error?.Code, Is.EqualTo("linkage.no-state"));
        Assert.That((await _site.Tier.Send(new ForgetProof(hand.Id))).Error, Is.Null);
        await hand.Mark("运行中");
        await Use(await Kept(hand), device, "日志服务");
        var restarted = await Run(device, "restart-service", "service", "日志服务");
        Assert.That((restarted.Failure, restarted.Verified), Is.EqualTo(((string?)null, (bool?)true)), () => _site.Film(restarted.Run));
        Assert.That(console.TruthLog.Of("restart-service").Select(t => t.Target), Is.EqualTo(new[] { "认证服务", "日志服务" }));
        Assert.That((await _site.Tier.Send(new OpenRecording(Guid.NewGuid(), "", "disable-account"))).Error, Is.Not.Null, "An account has a name.");
        Assert.That((await _site.Tier.Send(new OpenRecording(Guid.NewGuid(), "x", "format-disk"))).Error, Is.Not.Null);
    }

    private async Task<Guid> Kept(Hand hand)
    {
        var kept = await _site.Tier.Send(new KeepRecording(hand.Id, true));
        Assert.That(kept.Error, Is.Null, () => kept.Error + "\n" + hand.Steps());
        return kept.Value;
    }

    private async Task Use(Guid recipe, Guid device, string target)
    {
        var yaml = (await _site.Tier.Send(new GetRecipe(recipe))).Value.Yaml;
        var rehearsed = await _site.Tier.Send(new TryRecipe(recipe, device, target, false, Guid.CreateVersion7()));
        Assert.That((rehearsed.Error, rehearsed.Error is null ? rehearsed.Value.Failure : ""), Is.EqualTo(((Error?)null, (string?)null)), () => yaml + (rehearsed.Error is null ? _site.Film(rehearsed.Value.Run) : ""));
        Assert.That((await _site.Tier.Send(new DecideRecipe(recipe, true))).Error, Is.Null);
    }

    private async Task<RecipeOutcome> Run(Guid device, string capability, string input, string target)
    {
        await using var scope = _site.Tier.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Juming.Platform.Access.CurrentActor>().Actor = Juming.Platform.Access.Actor.System;
        return await scope.ServiceProvider.GetRequiredService<IDeviceConsoles>().Run(new RecipeOrder(device, capability, Guid.NewGuid().ToString("N"), input.Length > 0 ? new Dictionary<string, string> { [input] = target } : []), CancellationToken.None);
    }
}
