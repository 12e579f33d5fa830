using Juming.Testing.Farm.Consoles;

namespace Juming.Testing.Farm;

/// <summary>All consoles together, each with ports of its own.</summary>
public sealed class DeviceFarm : IAsyncDisposable
{
    private static readonly (string Name, Func<int, FarmConsole> Make)[] Catalogue =
    [
        ("frames", seed => new FramesFirewall(seed)),
        ("layer", seed => new LayerWaf(seed)),
        ("spa", seed => new HashApp(seed)),
    ];

    private DeviceFarm(IReadOnlyList<FarmConsole> consoles) => Consoles = consoles;

    /// <summary>Names of the consoles that behave.</summary>
    public static IReadOnlyList<string> Names => [.. Catalogue.Select(c => c.Name)];

    /// <summary>The running consoles.</summary>
    public IReadOnlyList<FarmConsole> Consoles { get; }

    /// <summary>A console by name.</summary>
    public FarmConsole this[string name] => Consoles.Single(c => c.Name == name);

    /// <summary>Makes one console; it does not run yet.</summary>
    public static FarmConsole Make(string name, int seed = 1) => Catalogue.Single(c => c.Name == name).Make(seed);

    /// <summary>Starts one console.</summary>
    public static async Task<FarmConsole> StartOne(string name, int seed = 1, int port = 0)
    {
        var console = Make(name, seed);
        await console.Start(port);
        return console;
    }

    /// <summary>Starts all; with <paramref name="from"/> each console takes two ports in order, from there on.</summary>
    public static async Task<DeviceFarm> Start(int seed = 1, int from = 0)
    {
        var consoles = Catalogue.Select(c => c.Make(seed)).ToList();
        await Task.WhenAll(consoles.Select((c, i) => Task.Run(() => c.Start(from == 0 ? 0 : from + 2 * i))));
        return new DeviceFarm(consoles);
    }

    /// <summary>Stops all.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var console in Consoles) await console.DisposeAsync();
    }
}
