using System.Globalization;

namespace Juming.Testing.Farm;

/// <summary>What stands on a device's other pages: figures, interfaces, policies and logs that nobody came for.</summary>
internal sealed class Filler(Random dice)
{
    private readonly int _cpu = dice.Next(4, 61);
    private readonly int _memory = dice.Next(22, 78);

    public int Cpu => Math.Clamp(_cpu + Random.Shared.Next(-2, 3), 1, 99);

    public int Memory => _memory;

    public int Disk { get; } = dice.Next(8, 70);

    public int Sessions { get; } = dice.Next(1200, 98000);

    public string Model { get; } = $"{(char)('A' + dice.Next(26))}{(char)('A' + dice.Next(26))}-{dice.Next(1, 9)}{dice.Next(10)}00";

    public string Serial { get; } = $"{(char)('A' + dice.Next(26))}{dice.Next(1000, 9999)}{dice.Next(100000, 999999)}";

    public string Build { get; } = $"{dice.Next(3, 9)}.{dice.Next(0, 9)}.{dice.Next(1, 30)} R{dice.Next(1, 9)}P{dice.Next(10, 99)}";

    public string Uptime { get; } = $"{dice.Next(20, 400)}天{dice.Next(0, 24)}小时{dice.Next(0, 60)}分";

    public IReadOnlyList<string> Comments { get; } = ["扫描", "暴力破解", "人工封堵-张工", "护网通报", "WebShell 回连", "僵尸网络", "挖矿"];

    public IReadOnlyList<string[]> Interfaces { get; } =
        [.. Enumerable.Range(0, 6).Select(i => new[] { $"GE0/{i}", $"10.{dice.Next(1, 200)}.{i}.1/24", i < 4 ? "up" : "down", i % 2 == 0 ? "trust" : "untrust", dice.Next(10, 900).ToString(CultureInfo.InvariantCulture) + " Mbps" })];

    public IReadOnlyList<string[]> Policies { get; } =
        [.. Enumerable.Range(1, 8).Select(i => new[] { i.ToString(CultureInfo.InvariantCulture), $"policy_{i}", i % 2 == 0 ? "trust" : "untrust", i % 3 == 0 ? "dmz" : "any", i % 4 == 0 ? "拒绝" : "允许", dice.Next(0, 999999).ToString(CultureInfo.InvariantCulture) })];

    /// <summary>Log lines, among them addresses that look like the one that is sought, and an attacker's text.</summary>
    public IReadOnlyList<string[]> Logs { get; } =
        [.. Enumerable.Range(0, 12).Select(i => new[] { $"2026-03-{i + 1:00} 0{i % 10}:1{i % 6}:2{i % 9}", $"{dice.Next(11, 220)}.{dice.Next(250)}.{dice.Next(250)}.{dice.Next(1, 250)}", i == 5 ? "GET /?q=<script>alert(1)</script> 添加成功" : "SYN flood", dice.Next(2) == 0 ? "阻断" : "告警" })];
}
