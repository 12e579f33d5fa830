using System.Net.Http.Json;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Site.Blocking;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Testing;
using Juming.Testing.DeviceLinkage;
using Juming.Testing.Farm;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage;

/// <summary>A console that was upgraded: the run finds its way, presses nothing that it guessed, and a person's approval makes it the recipe.</summary>
[TestFixture]
[Category("S4.1")]
internal sealed class HealingTests
{
    [Test]
    public async Task What_is_found_on_a_changed_console_waits_for_approval_and_is_the_recipe_afterwards_even_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("juming-heal").FullName;
        await using var console = await DeviceFarm.StartOne("layer", 4731);
        Guid device;
        await using (var site = await LinkedSite.Start(folder: folder))
        {
            device = await site.Add(console);
            await site.Learn(device);
            Assert.That((await site.Block(device, "203.0.113.7")).Failure, Is.Null);
            console.Version = 2;
            var before = console.TruthLog.Mutations.Count;
            var stopped = await site.Block(device, "203.0.113.8");
            Assert.That((stopped.Failure, stopped.Changed), Is.EqualTo(("healing-waits", (bool?)false)), () => site.Film(stopped.Run));
            Assert.That(console.TruthLog.Mutations, Has.Count.EqualTo(before), "Something was pressed that nobody had approved.");

            var suggestion = (await site.Suggestions(device)).Single();
            Assert.That(suggestion.Changes.Select(c => c.Step), Does.Contain("send").And.Some.StartWith("nav"), () => site.Film(stopped.Run));
            Assert.That((suggestion.Before, suggestion.Now), Is.Not.EqualTo(((string?)null, (string?)null)));
            using var analyst = await site.Tier.SignIn(Role.Analyst);
            using var admin = await site.Tier.SignIn(Role.SecurityAdmin);
            Assert.That(await Status(analyst, $"/api/linkage/suggestions/{suggestion.Id}/take"), Is.EqualTo(403));
            Assert.That((await admin.GetFromJsonAsync<JsonElement>("/api/linkage/devices/" + device)).GetProperty("suggestions").GetInt32(), Is.EqualTo(1));
            Assert.That(await analyst.GetStringAsync(suggestion.Now), Is.Not.Empty);
            // The same run again suggests nothing more.
            await site.Block(device, "203.0.113.8");
            Assert.That(await site.Suggestions(device), Has.Count.EqualTo(1));
            Assert.That(await Status(admin, $"/api/linkage/suggestions/{suggestion.Id}/take"), Is.EqualTo(204));
            Assert.That(await Status(admin, $"/api/linkage/suggestions/{suggestion.Id}/take"), Is.EqualTo(404));
        }
        await using var again = await LinkedSite.Start(folder: folder);
        var blocked = await again.Block(device, "203.0.113.9");
        Assert.That((blocked.Reading, blocked.Failure), Is.EqualTo((BlockReading.Present, (string?)null)), () => again.Film(blocked.Run));
        Assert.That(console.InForce, Does.Contain("203.0.113.9"));
        var recipes = (await again.Tier.Send(new ListRecipes { State = RecipeState.Retired, Device = device })).Value.Items;
        Assert.That((await again.Tier.Send(new DecideRecipe(recipes.Single().Id, true))).Error, Is.Null, "The earlier version can be put to use again.");
    }

    [Test]
    public async Task What_was_turned_down_is_not_suggested_again_and_the_block_stays_away()
    {
        await using var site = await LinkedSite.Start();
        await using var console = await DeviceFarm.StartOne("layer", 4732);
        var device = await site.Add(console);
        await site.Learn(device);
        Assert.That((await site.Block(device, "203.0.113.7")).Failure, Is.Null);
        console.Version = 2;
        Assert.That((await site.Block(device, "203.0.113.8")).Failure, Is.EqualTo("healing-waits"));
        var suggestion = (await site.Suggestions(device)).Single();
        Assert.That((await site.Tier.Send(new DecideSuggestion(suggestion.Id, false))).Error, Is.Null);
        Assert.That((await site.Block(device, "203.0.113.8")).Failure, Is.EqualTo("healing-waits"));
        Assert.That(await site.Suggestions(device), Is.Empty);
        Assert.That(console.InForce, Does.Not.Contain("203.0.113.8"));
    }

    /// <summary>Each console after its upgrade: what does not come about after approval has changed nothing.</summary>
    [TestCaseSource(typeof(DeviceFarm), nameof(DeviceFarm.Names))]
    [Category("Long")]
    public async Task An_upgraded_console_is_healed_after_approval_or_left_alone(string name)
    {
        await using var site = await LinkedSite.Start(new Dictionary<string, string?> { ["Modules:Linkage:RunSeconds"] = "120" });
        await using var console = await DeviceFarm.StartOne(name, 4733);
        var device = await site.Add(console);
        await site.Learn(device);
        Assert.That((await site.Block(device, "203.0.113.7")).Failure, Is.Null);
        console.Version = 2;
        var before = console.TruthLog.Mutations.Count;
        var outcome = await site.Block(device, "203.0.113.8");
        for (var i = 0; i < 3 && await site.ApproveSuggestions(device) > 0 && outcome.Failure is not null; i++) outcome = await site.Block(device, "203.0.113.8");
        TestContext.Out.WriteLine($"{name}: {outcome.Reading} {outcome.Failure}\n{site.Film(outcome.Run)}");
        var done = console.TruthLog.Mutations.Skip(before).ToList();
        Assert.That(done.Where(m => m.Target is not ("203.0.113.8" or "") || m.Act is not ("block" or "commit")), Is.Empty, () => site.Film(outcome.Run));
        if (outcome.Failure is null) Assert.That((outcome.Reading, console.InForce.Contains("203.0.113.8")), Is.EqualTo((BlockReading.Present, true)));
        else Assert.That(done, Is.Empty, () => site.Film(outcome.Run));
    }

    private static async Task<int> Status(HttpClient http, string path)
    {
        using var answer = await http.PostAsync(path, null);
        return (int)answer.StatusCode;
    }
}
