using System.Diagnostics;
using System.Globalization;
using Juming.Site.Blocking;
using Juming.Site.Blocking.Blocks;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Register;
using Juming.Site.DeviceLinkage.Runs;
using Juming.Testing.DeviceLinkage;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Tests.DeviceLinkage;

/// <summary>
/// A site as a process of its own that blocks one address, lifts the block and ends; it kills itself at a named point of a run on the device, and may be started again
/// on the same folder to go on.
/// </summary>
internal static class KilledSite
{
    /// <summary>Arguments: data folder, the device's address, account and password, target, and "Recipe:pressed" or "-".</summary>
    public static async Task<int> Run(string[] args)
    {
        var (folder, address, account, password, target, point) = (args[0], new Uri(args[1]), args[2], args[3], args[4], args[5]);
        var settings = new Dictionary<string, string?> { ["Modules:Blocking:RetryMilliseconds:0"] = "500", ["Modules:Blocking:TickMilliseconds"] = "100", ["Modules:Detection:StarterPack"] = "false", ["Log:Level"] = "Error" };
        await using var site = await LinkedSite.Start(settings, folder, services =>
        {
            if (point != "-") services.AddSingleton<IRunPoints>(new EndsHere(point));
        });
        if ((await site.Tier.Send(new ListDevices())).Value.Items.Count == 0) await site.Learn(await site.Add("edge", address, account, password));
        // The key says that it is the same wish, however often it comes.
        var wanted = await site.Tier.Send(new BlockAddress(target, "test", 60, Key: "wish-" + target));
        if (wanted.Error is { } refusal) throw new InvalidOperationException(refusal.ToString());
        var block = wanted.Value;
        if ((await site.Tier.Send(new GetBlock(block))).Value.Block.LiftedAt is null)
        {
            await Until(site, block, BlockState.Verified);
            Console.WriteLine("verified");
            var lifted = await site.Tier.Send(new LiftBlock(block, "over"));
            if (lifted.Error is { } error) throw new InvalidOperationException(error.ToString());
        }
        await Until(site, block, BlockState.Removed);
        Console.WriteLine("removed");
        return 0;
    }

    private static async Task Until(LinkedSite site, Guid block, BlockState state)
    {
        for (var i = 0; i < 900; i++)
        {
            var found = (await site.Tier.Send(new GetBlock(block))).Value;
            if (found.Block.State == state) return;
            if (found.Block.State is BlockState.Failed or BlockState.RemoveFailed) throw new InvalidOperationException($"{found.Block.State}: {found.Devices[0].Failure}\n{site.Film(found.Devices[0].Run)}");
            await Task.Delay(100);
        }
        throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{block} is not {state}."));
    }

    /// <summary>Ends the process at a point, as a power cut does.</summary>
    private sealed class EndsHere(string at) : IRunPoints
    {
        public void Reach(string point, RunKind kind)
        {
            if (at == $"{kind}:{point}") Process.GetCurrentProcess().Kill();
        }
    }
}
