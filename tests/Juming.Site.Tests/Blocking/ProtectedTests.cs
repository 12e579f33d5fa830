using System.Net;
using System.Text;
using System.Text.Json;
using Juming.Site.Blocking;
using Juming.Site.Blocking.Data;
using Juming.Testing.Blocking;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Blocking;

/// <summary>What must not be blocked is not, in whatever way it is written and through whatever door it comes; each try is recorded and raised.</summary>
[Category("S3.3")]
internal sealed class ProtectedTests
{
    private BlockingDevice _device = null!;
    private BlockingBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _device = await BlockingDevice.Start();
        _bench = await BlockingBench.Start([_device], settings: ForbiddenTargets.Networks.Index().ToDictionary(n => $"Modules:Assets:Networks:{n.Index}", n => (string?)n.Item));
        foreach (var (range, kind) in ForbiddenTargets.Entries)
            Assert.That((await _bench.Post("protected", new { range, kind, note = "test" }, _bench.Admin)).Status, Is.EqualTo(200));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _bench.DisposeAsync();
        await _device.DisposeAsync();
    }

    [Test]
    public async Task Of_changes_made_on_the_same_version_one_holds_and_a_range_stands_once()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _bench.Post("protected", new { range = "198.51.100.64/28", kind = "partner", note = "race" }, _bench.Admin)));
        Assert.That(made.Count(m => m.Status == 200), Is.EqualTo(1));
        var id = made.Single(m => m.Status == 200).Body.GetGuid();
        var changed = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _bench.Site.Send(new Juming.Site.Blocking.Protected.ChangeProtected(id, 1, "partner", "note " + i))));
        Assert.That(changed.Count(c => c.Succeeded), Is.EqualTo(1));
        Assert.That(changed.Where(c => !c.Succeeded).Select(c => c.Error!.Code), Has.All.EqualTo("blocking.changed-meanwhile"));
        var gone = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _bench.Site.Send(new Juming.Site.Blocking.Protected.Unprotect(id))));
        Assert.That(gone.Count(g => g.Succeeded), Is.EqualTo(1));
    }

    [Test]
    public async Task Three_hundred_tries_to_block_what_must_not_be_blocked_are_refused_recorded_and_raised()
    {
        var targets = ForbiddenTargets.All().Distinct().ToList();
        TestContext.Out.WriteLine($"{targets.Count} tries");
        Assert.That(targets, Has.Count.GreaterThanOrEqualTo(300));
        var before = _bench.Raised.Refused.Count;
        var (entries, truth) = ((await _bench.Get("?view=all")).GetProperty("total").GetInt32(), _device.Truth.Count);
        var codes = new Dictionary<string, int>();
        foreach (var target in targets)
        {
            var (status, body) = await _bench.Post("", new { target, reason = "try", minutes = 5 });
            var code = status == 400 ? body.GetProperty("code").GetString()! : "not refused: " + status;
            codes[code] = codes.GetValueOrDefault(code) + 1;
            Assert.That(status, Is.EqualTo(400), target);
            if (target.Length < 40) Assert.That(code, Is.Not.EqualTo("blocking.unreadable"), target);
        }
        TestContext.Out.WriteLine(string.Join(", ", codes.Select(c => $"{c.Key} {c.Value}")));
        Assert.That(codes["blocking.protected"], Is.EqualTo(targets.Count), "Each of them is known for what it is.");
        for (var i = 0; i < 200 && _bench.Raised.Refused.Count < before + targets.Count; i++) await Task.Delay(50);
        Assert.Multiple(async () =>
        {
            Assert.That(_bench.Raised.Refused, Has.Count.EqualTo(before + targets.Count));
            Assert.That(await _bench.Audited("BlockAddress"), Has.Count.GreaterThanOrEqualTo(targets.Count).And.All.EqualTo("BlockAddress blocking.protected"));
            Assert.That(_bench.Raised.Notices.Count(n => n.Code == "blocking.protected-refused"), Is.GreaterThanOrEqualTo(targets.Count));
            Assert.That((await _bench.Get("?view=all")).GetProperty("total").GetInt32(), Is.EqualTo(entries));
            Assert.That(_device.Truth, Has.Count.EqualTo(truth));
        });
    }

    [TestCase("185.0.0.0/15", "blocking.too-wide")]
    [TestCase("185.0.0.0-185.1.0.0", "blocking.too-wide")]
    [TestCase("2001:db8::/47", "blocking.too-wide")]
    [TestCase("185.220.0.0/23", "blocking.wide-needs-two")]
    [TestCase("010.1.2.3.4", "blocking.unreadable")]
    [TestCase("0203.4.4.4", "blocking.ambiguous")]
    [TestCase("no such thing", "blocking.unreadable")]
    [TestCase("definitely-not-a-host.invalid", "blocking.name")]
    public async Task What_is_too_wide_or_unclear_is_refused_with_its_reason(string target, string code)
    {
        var (status, body) = await _bench.Post("", new { target, reason = "try" });
        Assert.That((status, body.GetProperty("code").GetString()), Is.EqualTo((400, code)), target);
    }

    [Test]
    public async Task A_forecast_names_the_protected_entry_and_raises_nothing()
    {
        var before = _bench.Raised.Refused.Count;
        var seen = (await _bench.Post("forecast", new { target = "::ffff:198.51.100.53" })).Body;
        Assert.Multiple(() =>
        {
            Assert.That(seen.GetProperty("target").GetString(), Is.EqualTo("198.51.100.53"));
            Assert.That(seen.GetProperty("refusal").GetString(), Is.EqualTo("protected"));
            Assert.That(seen.GetProperty("entry").GetString(), Is.EqualTo("dns 198.51.100.53"));
        });
        var fine = (await _bench.Post("forecast", new { target = "185.220.101.7" })).Body;
        Assert.That(fine.GetProperty("devices").GetArrayLength(), Is.EqualTo(1));
        Assert.That(fine.GetProperty("refusal").ValueKind, Is.EqualTo(JsonValueKind.Null));
        await Task.Delay(400);
        Assert.That(_bench.Raised.Refused, Has.Count.EqualTo(before));
    }

    [Test]
    public async Task Another_module_is_refused_alike_and_two_who_agreed_may_block_a_wider_range()
    {
        var refused = await _bench.List.Want(BlockingBench.Wish("0x0a000001", "module-1"), CancellationToken.None);
        Assert.That(refused.Error?.Code, Is.EqualTo("blocking.protected"));
        Assert.That(await _bench.Audited("WantBlock"), Does.Contain("WantBlock blocking.protected"));
        Assert.That((await _bench.List.Want(BlockingBench.Wish("185.221.0.0/20", "module-2") with { TwoAgreed = true }, CancellationToken.None)).Error?.Code, Is.EqualTo("blocking.wide-needs-two"));
        var wide = await _bench.List.Want(BlockingBench.Wish("185.221.0.0/20", "module-3", false) with { TwoAgreed = true }, CancellationToken.None);
        await _bench.Until(wide.Value, BlockState.Verified);
        await _bench.List.Lift(wide.Value, "test", "playbook", CancellationToken.None);
        await _bench.Until(wide.Value, BlockState.Removed);
        var standing = await _bench.List.Look(wide.Value, CancellationToken.None);
        Assert.That(standing!.Devices.Single().State, Is.EqualTo(BlockState.Removed));
    }

    [TestCase("10.0.0.1")]
    [TestCase("0.0.0.0/0")]
    [TestCase("198.51.100.1")]
    [TestCase("::ffff:10.0.0.1")]
    public async Task The_lowest_layer_refuses_what_stands_in_the_table_past_every_door(string target)
    {
        var id = Guid.CreateVersion7();
        await using (var scope = _bench.Site.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<BlockingDb>();
            var now = TimeProvider.System.GetUtcNow();
            db.Add(new EntryRow { Id = id, Key = id.ToString(), Target = target, By = "forged", Since = now, Until = now.AddHours(1), State = BlockState.Wanted });
            db.Add(new OnDeviceRow { EntryId = id, DeviceId = _device.Id, Device = _device.Name, State = BlockState.Wanted });
            await db.SaveChangesAsync();
        }
        var failed = await _bench.Until(id, BlockState.Failed);
        Assert.That(failed.GetProperty("devices")[0].GetProperty("failure").GetString(), Is.EqualTo("protected"));
        Assert.That(_device.Truth.Where(t => t.Contains(target, StringComparison.Ordinal)), Is.Empty);
        Assert.That(await _bench.Audited("RefuseBlock"), Does.Contain("RefuseBlock blocking.protected"));
        for (var i = 0; i < 100 && !_bench.Raised.Refused.Any(r => r.Target == target && r.By == "forged"); i++) await Task.Delay(50);
        Assert.That(_bench.Raised.Refused.Any(r => r.Target == target && r.By == "forged"));
        await _bench.Post(id + "/lift", new { reason = "forged" });
    }

    [Test]
    public async Task Protection_holds_at_once_ends_in_its_time_and_only_the_security_administrator_decides_it()
    {
        Assert.That((await _bench.Post("protected", new { range = "185.10.0.0/24", kind = "partner", note = "" })).Status, Is.EqualTo(403));
        var (_, made) = await _bench.Post("protected", new { range = "185.10.0.7/24", kind = "partner", note = "bank", until = TimeProvider.System.GetUtcNow().AddMinutes(10) }, _bench.Admin);
        Assert.That((await _bench.Post("forecast", new { target = "185.10.0.9" })).Body.GetProperty("entry").GetString(), Is.EqualTo("partner 185.10.0.0/24"));
        Assert.That((await _bench.Post("protected", new { range = "185.10.0.0/24", kind = "dns", note = "" }, _bench.Admin)).Body.GetProperty("code").GetString(), Is.EqualTo("blocking.protected-twice"));
        Assert.That((await _bench.Post("protected", new { range = "010.0.0.1", kind = "dns", note = "" }, _bench.Admin)).Body.GetProperty("code").GetString(), Is.EqualTo("blocking.protected-unreadable"));
        _bench.Clock.Ahead = TimeSpan.FromMinutes(11);
        Assert.That((await _bench.Post("forecast", new { target = "185.10.0.9" })).Body.GetProperty("refusal").ValueKind, Is.EqualTo(JsonValueKind.Null));
        _bench.Clock.Ahead = TimeSpan.Zero;
        using var gone = await _bench.Admin.DeleteAsync("/api/blocking/protected/" + made.GetGuid());
        Assert.That(gone.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That((await _bench.Post("forecast", new { target = "185.10.0.9" })).Body.GetProperty("refusal").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(await _bench.Audited("rotect"), Is.SupersetOf(new[] { "Protect done", "Unprotect done", "Protect access.not-permitted" }));
    }

    [Test]
    public async Task Protected_ranges_come_from_a_file_with_a_reason_for_each_bad_line_and_go_into_one()
    {
        const string file = "range,kind,note,until\r\n185.30.0.0/24,partner,\"a \"\"bank\"\", far away\",\r\n185.30.0.0/24,dns,,\r\nnonsense,dns,,\r\n185.31.0.1,king,,\r\n185.31.0.2,crawler,,tomorrow\r\n185.31.0.3,crawler,=1+1,2030-01-01T00:00:00Z\r\n";
        var preview = await Send("protected/import/preview", file, _bench.Admin);
        Assert.That(preview.GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("line").GetInt32() + " " + l.GetProperty("code").GetString()),
            Is.EqualTo(new[] { "3 blocking.line-twice", "4 blocking.protected-unreadable", "5 blocking.line-kind", "6 blocking.line-until", "2 ", "7 " }));
        var done = await Send("protected/import", file, _bench.Admin);
        Assert.That((done.GetProperty("added").GetInt32(), done.GetProperty("refused").GetInt32()), Is.EqualTo((2, 4)));
        Assert.That((await _bench.Post("forecast", new { target = "185.30.0.9" })).Body.GetProperty("refusal").GetString(), Is.EqualTo("protected"));
        using var export = await _bench.Admin.GetAsync("/api/blocking/protected/export");
        var text = await export.Content.ReadAsStringAsync();
        Assert.That(text, Does.Contain("\"185.30.0.0/24\",\"partner\",\"a \"\"bank\"\", far away\"").And.Contain("\"'=1+1\""));
        var again = await Send("protected/import", text, _bench.Admin);
        Assert.That((again.GetProperty("added").GetInt32(), again.GetProperty("refused").GetInt32()), Is.EqualTo((0, 0)));
        Assert.That((await _bench.Get("protected?text=185.30.0.77")).GetProperty("items")[0].GetProperty("note").GetString(), Is.EqualTo("a \"bank\", far away"));
    }

    [Test]
    public async Task Targets_come_from_a_file_and_each_refused_line_says_why_and_is_raised()
    {
        const string file = "# morning list\n185.40.0.1\n10.0.0.1 # the gateway\n185.40.0.1\n0x7f000001\nwho knows\n185.40.0.2-185.40.0.9\n";
        var preview = await Send("import/preview", file, _bench.Person);
        Assert.That(preview.GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("line").GetInt32() + " " + l.GetProperty("code").GetString()),
            Is.EqualTo(new[] { "3 blocking.protected", "4 blocking.line-twice", "5 blocking.protected", "6 blocking.unreadable", "2 ", "7 " }));
        var before = _bench.Raised.Refused.Count;
        var done = await Send("import?reason=morning&minutes=60", file, _bench.Person);
        Assert.That((done.GetProperty("added").GetInt32(), done.GetProperty("refused").GetInt32()), Is.EqualTo((2, 4)));
        for (var i = 0; i < 100 && _bench.Raised.Refused.Count < before + 3; i++) await Task.Delay(50);
        Assert.That(_bench.Raised.Refused.Skip(before).Select(r => r.Target), Is.EquivalentTo(new[] { "10.0.0.1", "0x7f000001", "who knows" }));
        using var export = await _bench.Person.GetAsync("/api/blocking/export?view=all&text=185.40");
        Assert.That(await export.Content.ReadAsStringAsync(), Does.Contain("\"185.40.0.2-185.40.0.9\",\"morning\""));
        foreach (var entry in (await _bench.Get("?text=185.40")).GetProperty("items").EnumerateArray().Select(e => e.GetProperty("id").GetGuid()))
        {
            await _bench.Until(entry, BlockState.Verified);
            await _bench.Post(entry + "/lift", new { reason = "test" });
            await _bench.Until(entry, BlockState.Removed);
        }
    }

    private static async Task<JsonElement> Send(string path, string text, HttpClient by)
    {
        using var body = new StringContent(text, Encoding.UTF8, "text/csv");
        using var answer = await by.PostAsync("/api/blocking/" + path, body);
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
    }
}
