using NUnit.Framework;

namespace Juming.Testing;

/// <summary>Skips a test whose machine lacks what the test declares to need. The builder lists such skips and takes any other for a failure.</summary>
public static class Needs
{
    /// <summary>Material that lies beside the repository.</summary>
    public const string SharedData = "shared data";

    /// <summary>A container often may not mount.</summary>
    public const string Mount = "the right to mount";

    /// <summary>A container often may make none.</summary>
    public const string Namespaces = "network namespaces";

    /// <summary>Another host on this machine may hold them.</summary>
    public const string DefaultPorts = "the default ports";

    /// <summary>Ends the test as skipped.</summary>
    /// <param name="need">One of the constants.</param>
    /// <param name="reason">What is missing.</param>
    public static void Skip(string need, string reason) => Assert.Ignore($"[needs {need}] {reason}");
}
