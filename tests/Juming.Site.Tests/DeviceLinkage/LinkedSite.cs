using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Blocking;
using Juming.Site.DeviceLinkage.Learning;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.Register;
using Juming.Site.DeviceLinkage.Runs;
using Juming.Testing;
using Juming.Testing.Farm;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage;

/// <summary>A site with a real Chromium, and devices of the farm in its register.</summary>
internal sealed class LinkedSite : IAsyncDisposable
{
    private LinkedSite(RunningTier tier) => Tier = tier;

    public RunningTier Tier { get; }

    public static async Task<LinkedSite> Start(IReadOnlyDictionary<string, string?>? settings = null, string? folder = null)
    {
        var all = new Dictionary<string, string?> { ["Modules:Linkage:AllowThisMachine"] = "true", ["Modules:Linkage:RunSeconds"] = "60", ["Modules:Collection:Udp"] = "", ["Modules:Collection:Tcp"] = "" };
        foreach (var (key, value) in settings ?? new Dictionary<string, string?>()) all[key] = value;
        return new LinkedSite(await RunningTier.Start(folder: folder, settings: all, services: services => services.AddSingleton<IProtectedAddresses, OneGateway>()));
    }

    public ValueTask DisposeAsync() => Tier.DisposeAsync();

    public Task<Guid> Add(FarmConsole console, string? password = null, bool takesOver = false) => Add(console.Name, console.Address, console.Accounts[0].User, password ?? console.Accounts[0].Password, console.Accounts[0].TotpSeed, takesOver);

    public async Task<Guid> Add(string name, Uri address, string account, string password, string? seed = null, bool takesOver = false)
    {
        var added = await Tier.Send(new AddDevice(name, address.ToString(), account, new Secret(password), "信息中心 王主任", "授权书 2026-011") { Seed = new Secret(seed ?? ""), TakesOver = takesOver });
        Assert.That(added.Error, Is.Null);
        return added.Value;
    }

    public async Task<RunVerdict> Test(Guid device) => (await Tier.Send(new TestDevice(device, Guid.CreateVersion7()))).Value;

    /// <summary>Lets the generic skill find the way, and approves what it found as a person would.</summary>
    public async Task<Guid> Learn(Guid device)
    {
        var found = (await Tier.Send(new ExploreDevice(device, Guid.CreateVersion7()))).Value;
        Assert.That(found.Failure, Is.Null, () => $"{found.Step}: {found.Detail}\n{Film(found.Run)}");
        Assert.That((await Tier.Send(new DecideRecipe(found.Recipe!.Value, true))).Error, Is.Null);
        return found.Recipe.Value;
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

    public async Task<string> Yaml(Guid recipe) => (await Tier.Send(new GetRecipe(recipe))).Value.Yaml;

    /// <summary>Knows one gateway, and that a range which holds it is as bad.</summary>
    private sealed class OneGateway : IProtectedAddresses
    {
        public ValueTask<TargetCheck> Check(string target, CancellationToken ct) =>
            ValueTask.FromResult(target is "10.0.0.1" or "0.0.0.0/0" ? new TargetCheck(target, "protected", "gateway 10.0.0.1") : new TargetCheck(target, null, null));
    }
}
