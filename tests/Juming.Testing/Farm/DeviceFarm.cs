using Juming.Testing.Farm.Consoles;
using Juming.Testing.Farm.Hostile;

namespace Juming.Testing.Farm;

/// <summary>All consoles together, each with ports of its own.</summary>
public sealed class DeviceFarm : IAsyncDisposable
{
    private static readonly (string Name, Func<int, FarmConsole> Make)[] Catalogue =
    [
        ("frames", seed => new FramesFirewall(seed)),
        ("layer", seed => new LayerWaf(seed)),
        ("spa", seed => new HashApp(seed)),
        ("rsa", seed => new RsaFirewall(seed)),
        ("md5", seed => new Md5Ips(seed)),
        ("slider", seed => new SliderGateway(seed)),
        ("single", seed => new SingleSessionUtm(seed)),
        ("expiry", seed => new ExpiringCleaner(seed)),
        ("commit", seed => new CommitFirewall(seed)),
        ("paging", seed => new PagingPlatform(seed)),
        ("english", seed => new EnglishNgfw(seed)),
        ("slow", seed => new SlowGateway(seed)),
        ("oldtls", seed => new OldTlsVpn(seed)),
        ("totp", seed => new TotpZeroTrust(seed)),
    ];

    private DeviceFarm(IReadOnlyList<FarmConsole> consoles) => Consoles = consoles;

    /// <summary>Names of the consoles that behave.</summary>
    public static IReadOnlyList<string> Names => [.. Catalogue.Select(c => c.Name)];

    /// <summary>Names of the consoles that do not.</summary>
    public static IReadOnlyList<string> HostileNames => [.. HostileConsole.Tricks.Keys];

    /// <summary>The running consoles.</summary>
    public IReadOnlyList<FarmConsole> Consoles { get; }

    /// <summary>A console by name.</summary>
    public FarmConsole this[string name] => Consoles.Single(c => c.Name == name);

    /// <summary>Makes one console; it does not run yet.</summary>
    public static FarmConsole Make(string name, int seed = 1) => HostileConsole.Tricks.ContainsKey(name) ? new HostileConsole(name, seed) : Catalogue.Single(c => c.Name == name).Make(seed);

    /// <summary>Starts one console.</summary>
    public static async Task<FarmConsole> StartOne(string name, int seed = 1, int port = 0)
    {
        var console = Make(name, seed);
        await console.Start(port);
        return console;
    }

    /// <summary>Starts all that behave; with <paramref name="from"/> each console takes two ports in order, from there on.</summary>
    public static Task<DeviceFarm> Start(int seed = 1, int from = 0, bool hostile = false) => Start(hostile ? [.. Names, .. HostileNames] : Names, seed, from);

    private static async Task<DeviceFarm> Start(IReadOnlyList<string> names, int seed, int from)
    {
        var farm = new DeviceFarm([.. names.Select(n => Make(n, seed))]);
        try
        {
            await Task.WhenAll(farm.Consoles.Select((c, i) => Task.Run(() => c.Start(from == 0 ? 0 : from + 2 * i))));
            return farm;
        }
        catch
        {
            await farm.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops all.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Consoles.Select(c => c.DisposeAsync().AsTask()));
    }
}
