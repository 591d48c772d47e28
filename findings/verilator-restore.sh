#!/usr/bin/env bash
# Package:   verilator 5.006 (Debian 12); make and the C++ compiler are the system's
# Guess:     a model of verilator --savable that is restored goes on as the saved one would have: that is what it is for.
# Behaviour: registers and the time do. $urandom begins again with the first numbers of the seed, so that a test
#            with random stimulus is another one from there on. A file that $fopen had opened is not open, and what
#            $fdisplay writes to it is lost. No word about either.
# shellcheck source=common.sh
source "$(dirname "$0")/common.sh"
debian_packages verilator=5.006-3
export VERILATOR_ROOT="$here/root/usr/share/verilator"

cat > demo.v <<'EOF'
module demo(input clk, output reg [31:0] count, output reg [31:0] random);
  integer file;
  initial begin count = 0; file = $fopen("written", "a"); end
  always @(posedge clk) begin
    count <= count + 1;
    random <= $urandom;
    $fdisplay(file, "%0d", count + 1);
  end
endmodule
EOF
cat > main.cpp <<'EOF'
#include <cstdio>
#include <cstring>
#include "Vdemo.h"
#include "verilated_save.h"
static void run(VerilatedContext &context, Vdemo &model, int cycles) {
  while (cycles--) {
    for (int clk = 0; clk < 2; clk++) { model.clk = clk; model.eval(); }
    context.timeInc(1);
    printf("time %d count %u random %08x\n", (int)context.time(), model.count, model.random);
  }
}
int main(int, char **arguments) {
  VerilatedContext context;
  context.randSeed(7);
  Vdemo model{&context};
  if (!strcmp(arguments[1], "save")) {
    run(context, model, 3);
    VerilatedSave out;
    out.open("state");
    out << model;
  } else {
    VerilatedRestore in;
    in.open("state");
    in >> model;
  }
  puts(arguments[1]);
  run(context, model, 3);
  model.final();
}
EOF
verilator_bin --cc --exe --savable --build --timescale 1ns/1ns -CFLAGS -O0 demo.v main.cpp > log 2>&1
for what in save restore; do
  : > written
  obj_dir/Vdemo "$what"
  echo "written:" $(cat written)
done > seen
same seen <<'EOF'
time 1 count 1 random fffffff0
time 2 count 2 random fc7fffff
time 3 count 3 random c47dffff
save
time 4 count 4 random 839c0f02
time 5 count 5 random 3d47bdc3
time 6 count 6 random 1418e728
written: 1 2 3 4 5 6
restore
time 4 count 4 random fffffff0
time 5 count 5 random fc7fffff
time 6 count 6 random c47dffff
written:
EOF
