using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Notify;
using Juming.Testing;
using Juming.Testing.Farm;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>
/// The whole loop with nothing between that is not real: attack lines over the socket, an incident, a playbook, a yes on the phone, a block on devices that
/// have only a web page, read back there, gone again when its time is over. What the devices say they did is read from their own logs.
/// </summary>
[Category("S4.3")]
public sealed class ClosedLoopJourney : BrowserTest, INotices
{
    private readonly ConcurrentQueue<Notice> _notices = new();
    private readonly List<FarmConsole> _devices = [];
    private HttpClient _admin = null!;
    private Guid _playbook;

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Modules:Linkage:AllowThisMachine"] = "true", ["Modules:Blocking:RetryMilliseconds:0"] = "500" };

    [OneTimeSetUp]
    public async Task RegisterDevices()
    {
        _admin = await Site.SignIn(Role.SecurityAdmin, Role.Analyst);
        foreach (var name in new[] { "layer", "md5" })
        {
            var console = await DeviceFarm.StartOne(name, 20261128);
            _devices.Add(console);
            using var added = await _admin.PostAsJsonAsync("/api/linkage/devices", new { name, address = console.Address, account = console.Accounts[0].User, password = console.Accounts[0].Password, authorisedBy = "王主任", authorisedReference = "授权书 2026-011" });
            var device = await Read<Guid>(added);
            using var explored = await _admin.PostAsync($"/api/linkage/devices/{device}/explore", null);
            var verdict = await Read<JsonElement>(explored);
            var recipe = verdict.GetProperty("recipe");
            Assert.That(recipe.ValueKind, Is.EqualTo(JsonValueKind.String), $"{name}: {verdict}");
            using var used = await _admin.PostAsync($"/api/linkage/recipes/{recipe.GetString()}/use", null);
            Assert.That(used.IsSuccessStatusCode, Is.True);
            // The rehearsal has shown what would be pressed, and pressed nothing.
            Assert.That(console.TruthLog.Mutations, Is.Empty);
        }
        using var imported = await _admin.PostAsync("/api/response/playbooks", new StringContent(Playbook, Encoding.UTF8, "application/json"));
        var draft = await Read<JsonElement>(imported);
        _playbook = draft.GetProperty("id").GetGuid();
        using var published = await _admin.PostAsJsonAsync($"/api/response/playbooks/{_playbook}/publish", new { revision = draft.GetProperty("revision").GetInt64(), note = "first" });
        Assert.That(published.IsSuccessStatusCode, Is.True, await published.Content.ReadAsStringAsync());
    }

    [OneTimeTearDown]
    public async Task StopDevices()
    {
        foreach (var device in _devices) await device.DisposeAsync();
        _admin?.Dispose();
    }

    [Test, Order(1)]
    public async Task From_attack_lines_to_a_verified_block_that_ends_by_itself()
    {
        const string Attacker = "203.0.113.66";
        var person = await Site.Account(Role.SecurityAdmin);
        await Attack(Attacker);
        var incident = await IncidentOf(Attacker);
        var run = await StartFromIncident(incident);
        await AgreeOnThePhone(person.Id);
        await Eventually(async () => (await Block(Attacker))?.GetProperty("state").GetString() == "Verified", 120, async () => (await Block(Attacker))?.ToString() + await RunText(run));
        Assert.That(_devices.Select(d => d.InForce.Contains(Attacker)), Has.All.True);
        Assert.That(_devices.Select(d => d.TruthLog.Mutations.Count), Has.All.EqualTo(1), "a device did something else besides");
        await Eventually(async () => (await Run(run)).GetProperty("brief").GetProperty("state").GetString() == "Succeeded", 30, () => RunText(run));
        var page = await SignedIn(roles: Role.Analyst);
        await Open(page, "/runs/" + run);
        // The step that blocked shows what each console showed last.
        await page.Locator(".steps li", new() { HasText = "封禁" }).Locator("button").First.ClickAsync();
        await Expect(page.GetByTestId("film")).ToHaveCountAsync(2);
        foreach (var picture in await page.GetByTestId("film").Locator("img").AllAsync()) await Expect(picture).ToHaveJSPropertyAsync("complete", true);
        Assert.That(await page.EvaluateAsync<bool>("[...document.querySelectorAll('[data-testid=film] img')].every(i => i.naturalWidth > 0)"), Is.True, "A picture of the film did not come.");
        await Picture(page, "loop-run");
        await Open(page, "/blocks");
        await Expect(page.Locator(".list tbody tr").First).ToContainTextAsync(Attacker);
        await Picture(page, "loop-blocks");

        // A minute later its time is over, and nobody has to do anything.
        await Eventually(async () => (await Block(Attacker))?.GetProperty("state").GetString() == "Removed", 180, async () => (await Block(Attacker))?.ToString());
        Assert.That(_devices.Select(d => d.InForce.Contains(Attacker)), Has.All.False);
        Assert.That(_devices.Select(d => d.TruthLog.Mutations.Count), Has.All.EqualTo(2));
    }

    [Test, Order(2)]
    public async Task A_device_that_fails_half_way_is_told_and_the_other_holds()
    {
        const string Attacker = "203.0.113.67";
        var person = await Site.Account(Role.SecurityAdmin);
        _devices[1].Capacity = _devices[1].BlockEntries.Count;
        await Attack(Attacker);
        var run = await StartFromIncident(await IncidentOf(Attacker));
        await AgreeOnThePhone(person.Id);
        await Eventually(async () => (await Run(run)).GetProperty("brief").GetProperty("state").GetString() is "Failed" or "Succeeded", 120, () => RunText(run));
        var block = await Block(Attacker);
        var dossier = await _admin.GetFromJsonAsync<JsonElement>("/api/blocking/" + block!.Value.GetProperty("id").GetString());
        var standings = dossier.GetProperty("devices").EnumerateArray().ToDictionary(d => d.GetProperty("name").GetString()!, d => (State: d.GetProperty("state").GetString(), Failure: d.GetProperty("failure").GetString()));
        Assert.That(standings["layer"].State, Is.EqualTo("Verified"));
        Assert.That(standings["md5"], Is.EqualTo(("Failed", "capacity-full")));
        Assert.That(_devices[0].InForce, Does.Contain(Attacker));
        Assert.That(_devices[1].InForce, Does.Not.Contain(Attacker));
    }

    /// <inheritdoc/>
    public Task Post(Notice notice, CancellationToken ct)
    {
        _notices.Enqueue(notice);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task<Action<IServiceCollection>?> Surroundings() => Task.FromResult<Action<IServiceCollection>?>(services => services.AddSingleton<INotices>(this));

    private async Task Attack(string attacker)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, SyslogPort);
        var lines = new StringBuilder();
        for (var i = 0; i < 60; i++)
            lines.Append(CultureInfo.InvariantCulture, $"<38>1 {TimeProvider.System.GetUtcNow().AddSeconds(-60 + i):yyyy-MM-ddTHH:mm:ss.fffZ} web01 sshd {2000 + i} - - Failed password for invalid user admin{i % 9} from {attacker} port {40000 + i} ssh2\n");
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(lines.ToString()));
    }

    private async Task<string> IncidentOf(string attacker)
    {
        string? number = null;
        await Eventually(async () =>
        {
            var found = await _admin.GetFromJsonAsync<JsonElement>("/api/incidents?view=all&entity=" + attacker);
            number = found.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("number").GetString()).FirstOrDefault();
            return number is not null;
        }, 60, () => Task.FromResult<string?>("no incident"));
        return number!;
    }

    /// <summary>As an analyst does it: from the incident's page to the playbook, and start.</summary>
    private async Task<string> StartFromIncident(string incident)
    {
        var page = await SignedIn(roles: Role.Analyst);
        await Open(page, "/incidents/" + incident);
        await page.GetByTestId("run-playbook").ClickAsync();
        using var started = await _admin.PostAsJsonAsync($"/api/response/playbooks/{_playbook}/start", new { incident });
        return (await Read<JsonElement>(started)).GetProperty("number").GetString()!;
    }

    private async Task AgreeOnThePhone(Guid person)
    {
        string? path = null;
        await Eventually(() =>
        {
            path = _notices.Where(n => n.Code == "approvals.asked").Select(n => n.OneTimePaths.GetValueOrDefault(person)).LastOrDefault(p => p is not null);
            return Task.FromResult(path is not null);
        }, 30, () => Task.FromResult<string?>("nobody was asked"));
        await using var context = await Browser.NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true, ViewportSize = new ViewportSize { Width = 390, Height = 844 }, Locale = "zh-CN" });
        var phone = await context.NewPageAsync();
        await phone.GotoAsync(new Uri(Site.Address, path).ToString());
        await Picture(phone, "loop-phone");
        await phone.Locator("button.yes").ClickAsync();
        await Expect(phone.GetByTestId("outcome")).ToBeVisibleAsync();
    }

    private async Task<JsonElement?> Block(string target)
    {
        var found = await _admin.GetFromJsonAsync<JsonElement>("/api/blocking?view=all&text=" + target);
        return found.GetProperty("items").EnumerateArray().Where(i => i.GetProperty("target").GetString() == target).Select(i => (JsonElement?)i).FirstOrDefault();
    }

    private Task<JsonElement> Run(string run) => _admin.GetFromJsonAsync<JsonElement>("/api/response/runs/" + run);

    private async Task<string?> RunText(string run) => (await Run(run)).ToString();

    private static async Task<T> Read<T>(HttpResponseMessage answer)
    {
        Assert.That(answer.IsSuccessStatusCode, Is.True, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<T>())!;
    }

    private static async Task Eventually(Func<Task<bool>> holds, int seconds, Func<Task<string?>> otherwise)
    {
        for (var i = 0; i < seconds * 2; i++)
        {
            if (await holds()) return;
            await Task.Delay(500);
        }
        Assert.Fail($"It did not come about in {seconds} s: {await otherwise()}");
    }

    private const string Playbook =
        """
        {
          "type": "playbook", "spec_version": "cacao-2.0", "id": "playbook--5f0f5d0c-9a57-4c39-8a51-6f4c1d1f7a10", "name": "问过再封一分钟",
          "created_by": "identity--7e0f3f0a-93a5-4d5c-8b3e-2f1f6a0c5d10", "created": "2026-11-28T00:00:00.000Z", "modified": "2026-11-28T00:00:00.000Z", "playbook_types": ["mitigation"],
          "workflow_start": "start--5f0f5d0c-9a57-4c39-8a51-6f4c1d1f7a11",
          "agent_definitions": { "organization--5f0f5d0c-9a57-4c39-8a51-6f4c1d1f7a15": { "type": "organization", "name": "site" } },
          "workflow": {
            "start--5f0f5d0c-9a57-4c39-8a51-6f4c1d1f7a11": { "type": "start", "on_completion": "action--5f0f5d0c-9a57-4c39-8a51-6f4c1d1f7a12" },
            "action--5f0f5d0c-9a57-4c39-8a51-6f4c1d1f7a12": {
              "type": "action", "name": "问人", "agent": "organization--5f0f5d0c-9a57-4c39-8a51-6f4c1d1f7a15",
              "commands": [{ "type": "x-juming-capability", "capability": "ask-person", "args": { "question": "封禁 __attacker__:value ?", "evidence": "攻击地址 __attacker__:value", "minutes": "10" } }],
              "on_success": "action--5f0f5d0c-9a57-4c39-8a51-6f4c1d1f7a13", "on_failure": "end--5f0f5d0c-9a57-4c39-8a51-6f4c1d1f7a14"
            },
            "action--5f0f5d0c-9a57-4c39-8a51-6f4c1d1f7a13": {
              "type": "action", "name": "封禁", "agent": "organization--5f0f5d0c-9a57-4c39-8a51-6f4c1d1f7a15",
              "commands": [{ "type": "x-juming-capability", "capability": "block-ip", "args": { "target": "__attacker__:value", "minutes": "1", "reason": "__incident_number__:value" } }],
              "on_completion": "end--5f0f5d0c-9a57-4c39-8a51-6f4c1d1f7a14"
            },
            "end--5f0f5d0c-9a57-4c39-8a51-6f4c1d1f7a14": { "type": "end" }
          }
        }
        """;
}
