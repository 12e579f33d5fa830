namespace Juming.Benchmarks.Links;

/// <summary>
/// The power goes at the site or at the operator while both write: all that was promised, an answered move, a record that the other end has had or has acknowledged, must be there
/// when it is back. Killing processes never shows this, for what they wrote is safe with the kernel then.
/// </summary>
internal static class PowerRun
{
    public static async Task Run(LinksPlan plan, string folder, LinksFindings findings)
    {
        if (!File.Exists("/dev/fuse"))
        {
            findings.Skipped.Add("loss of power: there is no /dev/fuse");
            return;
        }
        if (Workload.LazyDisk is not { } program)
        {
            findings.Skipped.Add("loss of power: the file system of the kit needs gcc, fuse3 and libfuse3-dev");
            return;
        }
        var random = new Random(plan.Seed + 2);
        using var below = new LazyDisk(program, Path.Combine(folder, "site.disk"), Path.Combine(folder, "site"), random.Next(1, 1_000_000));
        using var above = new LazyDisk(program, Path.Combine(folder, "operator.disk"), Path.Combine(folder, "operator"), random.Next(1, 1_000_000));
        try
        {
            await below.On();
            await above.On();
        }
        catch (IOException e)
        {
            findings.Skipped.Add("loss of power: " + e.Message);
            return;
        }
        await using var world = await LinksChaosWorld.Start(plan.Program, folder, tier => Path.Combine(folder, tier), withCloud: false);
        await below.Settle();
        await above.Settle();
        world.Begin();
        var lost = 0L;
        for (var round = 1; round <= plan.Power; round++)
        {
            await Task.Delay(random.Next(1500, 5000));
            lost += await LosePower(world, round % 2 == 1 ? (world.Site, below) : (world.Operator, above), round % 2 == 1, findings);
            Figures.Note($"{round} losses of power, {world.Load.Answered} moves answered, {lost} promises lost");
        }
        await world.Load.Finish();
        await LinksChaosRun.Drained(world, findings);
        foreach (var tier in world.Tiers.Reverse()) await tier.Stop();
        var parts = new LinksFindings();
        LinksChaosRun.Look(world, parts);
        await LinksChaosRun.Verify(world, parts);
        findings.Complaints.AddRange(parts.Complaints.Select(c => "with loss of power: " + c));
        findings.Add("power_losses", plan.Power, "losses");
        findings.Add("power_acknowledged", parts.Figures.First(f => f.Metric == "acknowledged").Value, "records");
        findings.Add("power_lost", lost + parts.Figures.Where(f => f.Metric is "lost" or "moves_untold").Sum(f => f.Value), "records", "0");
        findings.Add("power_duplicated", parts.Figures.First(f => f.Metric == "duplicated").Value, "records", "0");
        findings.Add("power_failed_starts", world.Tiers.Sum(t => t.FailedStarts), "starts", "0");
    }

    private static async Task<long> LosePower(LinksChaosWorld world, (LinksChaosTier Tier, LazyDisk Disk) victim, bool atSite, LinksFindings findings)
    {
        victim.Disk.Off();
        await victim.Tier.Kill();
        var promised = world.Load.Moves.ToDictionary(m => m.Key, m => Volatile.Read(ref m.Value.Version));
        victim.Disk.Clear();
        var copy = Copy(victim.Disk.Backing);
        var lost = 0L;
        try
        {
            if (atSite)
            {
                var versions = LinksChaosLook.Versions(copy);
                lost += promised.Sum(p => Math.Max(0, p.Value - versions.GetValueOrDefault(p.Key)));
                lost += Math.Max(0, LinksChaosLook.Receiver(world.Operator.Database) - LinksChaosLook.Sender(copy).Last);
            }
            else lost += Math.Max(0, LinksChaosLook.Sender(world.Site.Database).Acked - LinksChaosLook.Receiver(copy));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(copy)!, true);
        }
        if (lost > 0) findings.Complaints.Add($"{lost} promises of {victim.Tier.Name} were lost with its power");
        await victim.Disk.On();
        victim.Tier.Start();
        await victim.Tier.Ready();
        return lost;
    }

    /// <summary>The database as the disk has it, to be opened without changing it.</summary>
    private static string Copy(string backing)
    {
        var to = Directory.CreateTempSubdirectory("juming-power-").FullName;
        foreach (var name in new[] { "juming.db", "juming.db-wal" })
            if (File.Exists(Path.Combine(backing, name))) File.Copy(Path.Combine(backing, name), Path.Combine(to, name));
        return Path.Combine(to, "juming.db");
    }
}
