using Juming.Benchmarks;
using Juming.Benchmarks.Detection;

return args.FirstOrDefault() switch
{
    "demo" => await DemoRun.Run([.. args.Skip(1)]),
    "rules" => RulesBench.Run([.. args.Skip(1)]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("demo --port N [--minutes M] [--once] | rules [--explain] [--lines=FILE] PATH...");
    return 2;
}
