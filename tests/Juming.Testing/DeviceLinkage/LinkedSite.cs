using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Blocking;
using Juming.Site.DeviceLinkage.Learning;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.Register;
using Juming.Site.DeviceLinkage.Runs;
using Juming.Testing.Farm;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Testing.DeviceLinkage;

/// <summary>A site with a real Chromium, and devices of the farm in its register.</summary>
internal sealed class LinkedSite : IAsyncDisposable
{
    private LinkedSite(RunningTier tier) => Tier = tier;

    public RunningTier Tier { get; }

    public static async Task<LinkedSite> Start(IReadOnlyDictionary<string, string?>? settings = null, string? folder = null, Action<IServiceCollection>? services = null)
    {
        var all = new Dictionary<string, string?> { ["Modules:Linkage:AllowThisMachine"] = "true", ["Modules:Linkage:RunSeconds"] = "60", ["Modules:Collection:Udp"] = "", ["Modules:Collection:Tcp"] = "" };
        foreach (var (key, value) in settings ?? new Dictionary<string, string?>()) all[key] = value;
        return new LinkedSite(await RunningTier.Start(folder: folder, settings: all, services: services));
    }

    public ValueTask DisposeAsync() => Tier.DisposeAsync();

    public Task<Guid> Add(FarmConsole console, string? password = null, bool takesOver = false) => Add(console.Name, console.Address, console.Accounts[0].User, password ?? console.Accounts[0].Password, console.Accounts[0].TotpSeed, takesOver);

    public async Task<Guid> Add(string name, Uri address, string account, string password, string? seed = null, bool takesOver = false) =>
        Value(await Tier.Send(new AddDevice(name, address.ToString(), account, new Secret(password), "信息中心 王主任", "授权书 2026-011") { Seed = new Secret(seed ?? ""), TakesOver = takesOver }));

    public async Task<RunVerdict> Test(Guid device) => Value(await Tier.Send(new TestDevice(device, Guid.CreateVersion7())));

    /// <summary>Lets the generic skill find the way and rehearse it.</summary>
    public async Task<ExploreVerdict> Explore(Guid device) => Value(await Tier.Send(new ExploreDevice(device, Guid.CreateVersion7())));

    /// <summary>Approves what was found, as a person does who has looked at the rehearsal's pictures.</summary>
    public async Task Approve(Guid recipe) => Value(await Tier.Send(new DecideRecipe(recipe, true)));

    /// <summary>Approves what runs on a changed console suggest, as a person does who has compared the pictures; answers how many there were.</summary>
    public async Task<int> ApproveSuggestions(Guid device)
    {
        var open = await Suggestions(device);
        foreach (var suggestion in open) Value(await Tier.Send(new DecideSuggestion(suggestion.Id, true)));
        return open.Count;
    }

    /// <summary>What waits for a decision on a device's recipes.</summary>
    public async Task<IReadOnlyList<SuggestionView>> Suggestions(Guid device)
    {
        var open = new List<SuggestionView>();
        foreach (var recipe in Value(await Tier.Send(new ListRecipes { Suggested = true, Device = device, Take = 200 })).Items) open.AddRange(Value(await Tier.Send(new GetRecipe(recipe.Id))).Suggestions);
        return open;
    }

    /// <summary>Lets the generic skill find the way, and approves what it found.</summary>
    public async Task<Guid> Learn(Guid device)
    {
        var found = await Explore(device);
        if (found.Recipe is not { } recipe) throw new InvalidOperationException($"{found.Failure} at {found.Step}: {found.Detail}\n{Film(found.Run)}");
        await Approve(recipe);
        return recipe;
    }

    public async Task<T> Blocks<T>(Func<IBlockExecutor, Task<T>> use)
    {
        await using var scope = Tier.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System;
        return await use(scope.ServiceProvider.GetServices<IBlockExecutor>().Single(b => b.GetType().Name == "ConsoleExecutor"));
    }

    public Task<BlockOutcome> Block(Guid device, string target, string? key = null) => Blocks(b => b.Block(Order(device, target, key), CancellationToken.None));

    public Task<BlockOutcome> Unblock(Guid device, string target, string? key = null) => Blocks(b => b.Unblock(Order(device, target, key), CancellationToken.None));

    public Task<BlockOutcome> Look(Guid device, string target) => Blocks(b => b.Look(Order(device, target, null), CancellationToken.None));

    public static BlockOrder Order(Guid device, string target, string? key) => new(device, key ?? Guid.NewGuid().ToString("N"), target, 60, "juming test");

    /// <summary>The film as text, for the message of a test that failed.</summary>
    public string Film(Guid? run)
    {
        if (run is not { } id) return "no run";
        var found = Tier.Send(new GetRun(id)).GetAwaiter().GetResult();
        if (found.Error is { } error) return error.Code;
        return $"{found.Value.Run.Kind} {found.Value.Run.Failure} at {found.Value.Run.FailedStep}: {found.Value.Detail}; pictures in {Tier.Folder}\n" + string.Join("\n", found.Value.Film.Select(s => $"{s.StartedMs,6} +{s.TookMs,5} {s.Id,-16} {s.Op,-12} {s.Outcome,-14} {s.Said} {string.Join("; ", s.Candidates.Take(3).Select(c => $"{c.Score:0.00} {c.Role} {c.Name}{(c.Covered ? " covered" : "")}"))} {string.Join("; ", s.Notes)}"));
    }

    public async Task<string> Yaml(Guid recipe) => Value(await Tier.Send(new GetRecipe(recipe))).Yaml;

    private static T Value<T>(Result<T> result) => result.Error is { } error ? throw new InvalidOperationException(error.ToString()) : result.Value;
}
