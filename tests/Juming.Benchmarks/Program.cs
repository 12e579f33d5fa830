using Juming.Benchmarks;

return args.FirstOrDefault() switch
{
    "demo" => await DemoRun.Run([.. args.Skip(1)]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("demo --port N [--minutes M] [--once]");
    return 2;
}
