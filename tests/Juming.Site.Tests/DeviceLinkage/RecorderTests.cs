using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Blocking;
using Juming.Site.DeviceLinkage;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.Recorder;
using Juming.Site.DeviceLinkage.Register;
using Juming.Testing;
using Juming.Testing.DeviceLinkage;
using Juming.Testing.Farm;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage;

/// <summary>A person's hand on a console, told as a recipe: through the commands and the socket that the page uses.</summary>
[TestFixture]
[Category("S4.1")]
internal sealed class RecorderTests
{
    private const string Target = "203.0.113.250";
    private LinkedSite _site = null!;

    [OneTimeSetUp]
    public async Task Start() => _site = await LinkedSite.Start(new Dictionary<string, string?> { ["Modules:Linkage:MostMegabytes"] = "20", ["Modules:Linkage:RunSeconds"] = "60" });

    [OneTimeTearDown]
    public async Task Stop() => await _site.DisposeAsync();

    [Test]
    public async Task What_a_person_did_becomes_a_recipe_that_blocks_another_address_and_takes_it_back()
    {
        await using var console = await DeviceFarm.StartOne("commit", 4711);
        var device = await Add(console, "Iron Wall", "FW-500");
        await using var hand = await Hand.Open(_site, device, Target);
        await hand.Press("访问控制");
        await hand.Press("IP封堵");
        await hand.Press("新增");
        await hand.Type("IP地址", Target);
        await hand.Type("描述", "录制");
        await hand.Press("保存");
        await hand.Press("应用");
        await hand.Until(() => console.InForce.Contains(Target));
        await hand.Turn(RecorderPhase.Proof);
        await hand.Mark(Target);
        await hand.Turn(RecorderPhase.Undo);
        await hand.Press("删除", Target);
        await hand.Press("确定");
        await hand.Press("应用");
        await hand.Until(() => !console.InForce.Contains(Target));

        var kept = await _site.Tier.Send(new KeepRecording(hand.Id, false));
        Assert.That(kept.Error, Is.Null, () => hand.Steps());
        var recipe = (await _site.Tier.Send(new GetRecipe(kept.Value))).Value;
        Assert.That((recipe.Recipe.Name, recipe.Recipe.Vendor, recipe.Recipe.Product, recipe.Recipe.Origin, recipe.Recipe.Device), Is.EqualTo(("iron-wall-fw-500-block-ip", "Iron Wall", "FW-500", RecipeOrigin.Recorded, (Guid?)null)));
        Assert.That(recipe.Yaml, Does.Contain("value: \"${ip}\"").And.Contain("submit:").And.Contain("commit:").And.Contain("in: \"${r.row}\"").And.Not.Contain("css:"));
        Assert.That((await _site.Tier.Send(new DecideRecipe(kept.Value, true))).Error?.Code, Is.EqualTo("linkage.not-rehearsed"));
        Assert.That((await _site.Tier.Send(new TryRecipe(kept.Value, device, Target, true, Guid.CreateVersion7()))).Error?.Code, Is.EqualTo("linkage.not-rehearsed"));

        var before = console.TruthLog.Mutations.Count;
        var rehearsed = (await _site.Tier.Send(new TryRecipe(kept.Value, device, Target, false, Guid.CreateVersion7()))).Value;
        Assert.That(rehearsed.Failure, Is.Null, () => recipe.Yaml + _site.Film(rehearsed.Run));
        Assert.That(console.TruthLog.Mutations, Has.Count.EqualTo(before), "The rehearsal left a trace.");
        var round = (await _site.Tier.Send(new TryRecipe(kept.Value, device, "203.0.113.251", true, Guid.CreateVersion7()))).Value;
        Assert.That((round.Failure, round.MayRemain), Is.EqualTo(((string?)null, false)), () => recipe.Yaml + _site.Film(round.Run) + _site.Film(round.Undo));
        Assert.That(console.TruthLog.Of("block").Any(e => e.Target == "203.0.113.251"), Is.True);
        Assert.That(console.InForce, Does.Not.Contain("203.0.113.251"));

        Assert.That((await _site.Tier.Send(new DecideRecipe(kept.Value, true))).Error, Is.Null);
        var blocked = await _site.Block(device, "198.51.100.77");
        Assert.That((blocked.Reading, blocked.Failure), Is.EqualTo((BlockReading.Present, (string?)null)), () => _site.Film(blocked.Run));
        Assert.That(console.InForce, Does.Contain("198.51.100.77"));
        var unblocked = await _site.Unblock(device, "198.51.100.77");
        Assert.That((unblocked.Reading, unblocked.Failure), Is.EqualTo((BlockReading.Absent, (string?)null)), () => _site.Film(unblocked.Run));
        Assert.That(console.InForce, Does.Not.Contain("198.51.100.77"));
    }

    [TestCase("frames", "press 安全策略; press 黑名单设置; press 添加; type IP地址=@; type 备注=录制; press 确定", "", "row 删除; agree")]
    [TestCase("layer", "press 访问控制; press IP黑名单; press 新增; type IP地址=@; type 描述=录制; press 确定", "", "row 删除; press 确定")]
    [TestCase("spa", "press 响应处置; press 联动封锁; press 新建; type IP地址=@; type 描述=录制; press 确认", "", "row 解封; press 确定")]
    [TestCase("english", "press Policy; press Blacklist; press Add; type IP Address=@; type Comment=recorded; press Save", "", "row Delete; agree")]
    [TestCase("paging", "press IP封堵; press 新增封堵; type 封堵IP=@; choose 封堵时长=1天; type 封堵原因=录制; press 确定", "type 请输入IP地址=@; press 查询", "row 解封; press 确定")]
    [TestCase("paging", "press IP封堵; press 新增封堵; type 封堵IP=@; choose 封堵时长=1天; type 封堵原因=录制; press 确定", "type 请输入IP地址=@; press 查询", "")]
    [TestCase("rsa", "press 策略; press 全局黑名单; press 新建; type IP地址=@; type 描述=录制; press 确定", "", "")]
    [Category("Long")]
    public async Task Frames_boxes_lists_of_choices_and_questions_are_recorded_alike(string name, string block, string proof, string undo)
    {
        await using var console = await DeviceFarm.StartOne(name, 4720);
        var device = await Add(console, "", "");
        await using var hand = await Hand.Open(_site, device, Target);
        foreach (var act in block.Split("; ")) await hand.Do(act, Target);
        await hand.Until(() => console.InForce.Contains(Target));
        await hand.Turn(RecorderPhase.Proof);
        foreach (var act in proof.Split("; ", StringSplitOptions.RemoveEmptyEntries)) await hand.Do(act, Target);
        await hand.Mark(Target);
        await hand.Turn(RecorderPhase.Undo);
        foreach (var act in undo.Split("; ", StringSplitOptions.RemoveEmptyEntries)) await hand.Do(act, Target);
        if (undo.Length > 0) await hand.Until(() => !console.InForce.Contains(Target));
        var kept = await _site.Tier.Send(new KeepRecording(hand.Id, true));
        Assert.That(kept.Error, Is.Null, () => kept.Error + "\n" + hand.Steps());
        var yaml = (await _site.Tier.Send(new GetRecipe(kept.Value))).Value.Yaml;
        var rehearsed = (await _site.Tier.Send(new TryRecipe(kept.Value, device, "203.0.113.9", false, Guid.CreateVersion7()))).Value;
        Assert.That(rehearsed.Failure, Is.Null, () => yaml + _site.Film(rehearsed.Run));
        var round = (await _site.Tier.Send(new TryRecipe(kept.Value, device, "203.0.113.9", true, Guid.CreateVersion7()))).Value;
        Assert.That((round.Failure, round.MayRemain), Is.EqualTo(((string?)null, false)), () => yaml + _site.Film(round.Run) + _site.Film(round.Undo));
        Assert.That(console.TruthLog.Mutations.Select(t => (t.Act, t.Target)).Where(t => t.Target.StartsWith("203.", StringComparison.Ordinal)), Is.EqualTo(undo.Length > 0
            ? new[] { ("block", Target), ("unblock", Target), ("block", "203.0.113.9"), ("unblock", "203.0.113.9") } : [("block", Target), ("block", "203.0.113.9"), ("unblock", "203.0.113.9")]));
        var list = (await _site.Tier.Send(new ListRecipes { Device = device })).Value.Items.Single(r => r.Capability == "list-blocks");
        var read = (await _site.Tier.Send(new TryRecipe(list.Id, device, "203.0.113.9", false, Guid.CreateVersion7()))).Value;
        Assert.That(read.Failure, Is.Null, () => _site.Film(read.Run));
    }

    [Test]
    public async Task A_page_that_leaves_the_device_or_opens_windows_is_held_and_the_person_comes_back()
    {
        await using var console = await DeviceFarm.StartOne("commit", 4717);
        await using var other = await DeviceFarm.StartOne("spa", 4717);
        await using var hand = await Hand.Open(_site, await Add(console, "", ""), Target);
        await hand.Window.Page.EvaluateAsync("a => { for (let i = 0; i < 5; i++) open(a); location = a; }", other.Address.ToString());
        await hand.Until(() => hand.Window.Gate.Refused > 0 && hand.Window.Popups > 0);
        Assert.That((await _site.Tier.Send(new AnswerConsole(hand.Id, Home: true))).Error, Is.Null);
        await hand.Press("访问控制");
        Assert.That(new Uri((await hand.Seen()).Url).Authority, Is.EqualTo(console.Address.Authority));
        Assert.That(other.TruthLog.Lines, Is.Empty);
    }

    [Test]
    public async Task What_is_typed_as_a_password_is_covered_and_not_recorded()
    {
        await using var console = await DeviceFarm.StartOne("commit", 4718);
        await using var hand = await Hand.Open(_site, await Add(console, "", ""), Target);
        await hand.Window.Page.EvaluateAsync("() => { document.body.innerHTML = '<label>新口令<input type=password id=p></label>'; }");
        await hand.Type("新口令", "Hidden-4711", recorded: false);
        await hand.Until(async () => (await hand.Seen()).Notice == "secret");
        // The notice comes with the first letter.
        await hand.Until(async () => await hand.Window.Page.EvaluateAsync<string>("() => document.getElementById('p').value") == "Hidden-4711");
        Assert.That(hand.Steps(), Does.Not.Contain("Hidden"));
        // A page that shows the password at a press does not show it here.
        Assert.That(await hand.Window.Page.EvaluateAsync<string>("() => { const p = document.getElementById('p'); p.type = 'text'; return p.value + ' ' + getComputedStyle(p).filter; }"), Is.EqualTo("Hidden-4711 brightness(0)"));
    }

    [Test]
    public async Task One_hand_at_a_time_is_on_a_device_and_who_goes_frees_it()
    {
        await using var console = await DeviceFarm.StartOne("commit", 4712);
        var device = await Add(console, "", "");
        await using var hand = await Hand.Open(_site, device, Target);
        Assert.That((await _site.Tier.Send(new OpenRecording(device, Target))).Error?.Code, Is.EqualTo("linkage.in-use"));
        Assert.That((await _site.Tier.Send(new GetRecording(hand.Id), Actor.System)).Error?.Code, Is.EqualTo("linkage.no-such-recording"), "Somebody else looked at it.");
        var waiting = _site.Test(device);
        Assert.That(waiting.IsCompleted, Is.False);
        await hand.Leave();
        Assert.That((await waiting).Failure, Is.Null);
        Assert.That((await hand.Seen()).State, Is.EqualTo(RecordingState.Ended));
        Assert.That((await _site.Tier.Send(new KeepRecording(hand.Id, false))).Error?.Code, Is.EqualTo("linkage.nothing-recorded"));
    }

    [Test]
    public async Task A_recording_without_a_hand_ends_by_itself_and_a_restart_loses_it_and_says_so()
    {
        var (clock, folder) = (new JumpingClock(), Directory.CreateTempSubdirectory("juming-idle").FullName);
        await using var console = await DeviceFarm.StartOne("commit", 4719);
        Guid recording;
        await using (var site = await LinkedSite.Start(folder: folder, services: s => s.AddSingleton<TimeProvider>(clock)))
        {
            var hand = await Hand.Open(site, await site.Add(console), Target);
            recording = hand.Id;
            await hand.Press("访问控制");
            clock.Jump(TimeSpan.FromMinutes(6));
            await Hand.Until(async () => (await hand.Seen()).State == RecordingState.Ended, 20);
            Assert.That((await hand.Seen()).Failure, Is.EqualTo("idle"));
            Assert.That((await hand.Seen()).Steps, Is.Not.Empty, "What was shown is still there.");
        }
        await using var again = await LinkedSite.Start(folder: folder);
        Assert.That((await again.Tier.Send(new GetRecording(recording))).Error?.Code, Is.EqualTo("linkage.no-such-recording"));
    }

    [Test]
    public async Task A_protected_address_in_a_field_holds_back_every_press()
    {
        await using var console = await DeviceFarm.StartOne("commit", 4713);
        await using var hand = await Hand.Open(_site, await Add(console, "", ""), Target);
        Assert.That((await _site.Tier.Send(new OpenRecording(Guid.NewGuid(), "10.0.0.1"))).Error?.Code, Is.EqualTo("linkage.no-such-device"));
        await hand.Press("访问控制");
        await hand.Press("IP封堵");
        await hand.Press("新增");
        await hand.Type("IP地址", "10.0.0.1");
        await hand.Press("保存", settle: false);
        await hand.Until(async () => (await hand.Seen()).Notice == "protected");
        Assert.That(console.TruthLog.Mutations, Is.Empty);
    }

    [TestCase("h-huge", "page-too-large", Category = "Long")]
    [TestCase("h-elsewhere", "posts-elsewhere")]
    public async Task A_hostile_console_ends_the_recording_with_its_reason(string name, string reason)
    {
        await using var console = await DeviceFarm.StartOne(name);
        var opened = await _site.Tier.Send(new OpenRecording(await Add(console, "", ""), Target));
        await Hand.Until(async () => (await _site.Tier.Send(new GetRecording(opened.Value))).Value.State == RecordingState.Ended, 90);
        Assert.That((await _site.Tier.Send(new GetRecording(opened.Value))).Value.Failure, Is.EqualTo(reason));
    }

    [TestCase("h-script")]
    [TestCase("h-popups", Category = "Long")]
    public async Task Script_in_names_and_popups_reach_nobody(string name)
    {
        await using var console = await DeviceFarm.StartOne(name);
        var opened = await _site.Tier.Send(new OpenRecording(await Add(console, "", ""), Target));
        await Hand.Until(async () => (await _site.Tier.Send(new GetRecording(opened.Value))).Value.State != RecordingState.Opening, 90);
        var seen = (await _site.Tier.Send(new GetRecording(opened.Value))).Value;
        Assert.That(seen.State == RecordingState.Live || seen.Failure == "popup-storm", Is.True, seen.Failure);
        if (seen.State == RecordingState.Live) Assert.That(new Uri(seen.Url).Authority is { } at && (at == console.Address.Authority || seen.Url == ""), Is.True, seen.Url);
        await _site.Tier.Send(new EndRecording(opened.Value));
    }

    [Test]
    public async Task The_screen_is_for_its_person_on_this_site_s_own_page_only()
    {
        await using var console = await DeviceFarm.StartOne("commit", 4714);
        var device = await Add(console, "", "");
        using var viewer = await _site.Tier.SignIn(Role.Viewer);
        using var admin = await _site.Tier.SignIn(Role.SecurityAdmin);
        var own = _site.Tier.Address.GetLeftPart(UriPartial.Authority);
        await using var hand = await Hand.Open(_site, device, Target);
        Assert.Multiple(async () =>
        {
            Assert.That(await Upgrade(hand.Id, viewer, own), Is.EqualTo(HttpStatusCode.Forbidden), "a viewer");
            Assert.That(await Upgrade(hand.Id, null, own), Is.EqualTo(HttpStatusCode.Unauthorized), "nobody");
            Assert.That(await Upgrade(hand.Id, admin, "https://evil.example"), Is.EqualTo(HttpStatusCode.Forbidden), "another origin");
            Assert.That(await Upgrade(hand.Id, admin, null), Is.EqualTo(HttpStatusCode.Forbidden), "no origin");
            Assert.That(await Upgrade(hand.Id, admin, own), Is.EqualTo(HttpStatusCode.NotFound), "somebody else's recording");
        });
    }

    [Test]
    public void What_a_page_tells_can_be_nothing_but_a_step()
    {
        Assert.That(StepTold.Parse("[1"), Is.Null);
        Assert.That(StepTold.Step(Json("""{"t":"eval","value":"1"}"""), 1, RecorderPhase.Block), Is.Null);
        var step = StepTold.Step(Json("""{"t":"click","name":"x","candidates":[{"by":"role","spec":{"css":"*"},"score":9},{"by":"role","spec":{"name":{"a":1}}},{"by":"text","spec":{"text":["保存"]},"score":7,"margin":1}]}"""), 1, RecorderPhase.Block)!;
        Assert.That(step.Candidates.Select(c => (c.By, c.Score)), Is.EqualTo(new[] { ("text", 1.0) }));
    }

    [Test]
    public void A_place_in_the_words_of_a_page_is_taken_apart_and_quotes_stay_inside()
    {
        var recording = new Recording(Guid.NewGuid(), new DeviceRow { Name = "a: [b]\"\n- x", Address = "https://10.0.0.1", Account = "a", AuthorisedBy = "w", AuthorisedReference = "w", ChangedBy = "w" }, Actor.System, Target, RecordedSubject.Of(RecordedSubject.Block)!);
        recording.Turn(RecorderPhase.Block);
        var film = new Juming.Site.DeviceLinkage.Runs.Film(Path.GetTempPath(), TimeProvider.System);
        recording.Hear(Json("""{"t":"fill","number":"1","value":"203.0.113.250","name":"IP","onList":true,"lists":["IP|备注"],"candidates":[{"by":"label","spec":{"label":["IP"]},"score":1,"margin":1}]}"""), film);
        recording.Hear(Json("""{"t":"click","name":"保存","candidates":[{"by":"role","spec":{"role":"button","name":["\"}] ${ip} }\n- {id: x}"]},"score":0.9,"margin":0.2}]}"""), film);
        recording.Prove(new RecordedProof("IP", ["IP", "备注"], "IP|备注", ""));
        var written = RecordedRecipe.Write(recording, "device-block-ip");
        Assert.That(written.Error, Is.Null);
        var submit = RecipeReader.Read(written.Value).Recipe!.Steps.Single(s => s.Op == "submit");
        Assert.That(submit.Target!.Name.Single(), Is.EqualTo("\"}] $ {ip} }\n- {id: x}"));
        recording.Change(2, s => s with { Candidates = [s.Candidates[0] with { Score = 0.79 }] });
        Assert.That(RecordedRecipe.Write(recording, "device-block-ip").Error?.Code, Is.EqualTo("linkage.step-unclear"));
    }

    [TestCase("天融信", "NGFW-4000", "x", "ngfw-4000-block-ip")]
    [TestCase("", "", "出口 FW 01", "fw-01-block-ip")]
    [TestCase("深信服", "下一代", "防火墙", "device-00000000-block-ip")]
    public void Recipes_have_names_that_people_recognise(string vendor, string model, string name, string expected) =>
        Assert.That(RecipeNames.Of(new DeviceRow { Id = Guid.Empty, Vendor = vendor, Model = model, Name = name, Address = "", Account = "", AuthorisedBy = "", AuthorisedReference = "", ChangedBy = "" }, "block-ip"), Is.EqualTo(expected));

    /// <summary>The machine's clock, and its stop-watch too, moved ahead by hand.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private long _ahead;

        public void Jump(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Interlocked.Read(ref _ahead) / (double)TimeSpan.TicksPerSecond * TimestampFrequency);
    }

    private static JsonElement Json(string text) => StepTold.Parse(text)!.Value;

    private async Task<Guid> Add(FarmConsole console, string vendor, string model)
    {
        var added = await _site.Tier.Send(new AddDevice(console.Name + Guid.NewGuid().ToString("N")[..6], console.Address.ToString(), console.Accounts[0].User, new Secret(console.Accounts[0].Password), "信息中心 王主任", "授权书 2026-011") { Vendor = vendor, Model = model });
        Assert.That(added.Error, Is.Null);
        return added.Value;
    }

    private async Task<HttpStatusCode> Upgrade(Guid recording, HttpClient? who, string? origin)
    {
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        socket.Options.CollectHttpResponseDetails = true;
        if (origin is not null) socket.Options.SetRequestHeader("Origin", origin);
        if (who is not null) socket.Options.SetRequestHeader("Cookie", string.Join("; ", who.DefaultRequestHeaders.GetValues("Cookie")));
        try
        {
            await socket.ConnectAsync(new Uri(new UriBuilder(_site.Tier.Address) { Scheme = "wss" }.Uri, $"/api/linkage/recordings/{recording}/screen"), CancellationToken.None);
        }
        catch (WebSocketException)
        {
            return socket.HttpStatusCode;
        }
        return HttpStatusCode.SwitchingProtocols;
    }
}
