;; SIMD inner loops over embedding rows. Every loop does, element by element, the operations of the scalar kernels in the
;; same order and precision, so that both give the same bits. Compiled to simd-module.ts by scripts/build-simd.mjs.
(module
  (memory (import "host" "memory") 1)

  ;; destination[d] = Σₑ weightₑ · rowₑ[d], accumulated in float64, rounded to float32 once.
  ;; rows: count addresses (i32); weights: count float64; dimension: numbers a row.
  (func (export "gather")
    (param $rows i32) (param $weights i32) (param $count i32) (param $destination i32) (param $dimension i32)
    (local $d i32) (local $e i32) (local $row i32) (local $w v128) (local $sum f64)
    (local $a0 v128) (local $a1 v128) (local $a2 v128) (local $a3 v128)
    (block $tail
      (loop $wide
        (br_if $tail (i32.gt_s (i32.add (local.get $d) (i32.const 8)) (local.get $dimension)))
        (local.set $a0 (v128.const f64x2 0 0))
        (local.set $a1 (v128.const f64x2 0 0))
        (local.set $a2 (v128.const f64x2 0 0))
        (local.set $a3 (v128.const f64x2 0 0))
        (local.set $e (i32.const 0))
        (block $summed
          (loop $entries
            (br_if $summed (i32.ge_s (local.get $e) (local.get $count)))
            (local.set $w (v128.load64_splat (i32.add (local.get $weights) (i32.shl (local.get $e) (i32.const 3)))))
            (local.set $row
              (i32.add
                (i32.load (i32.add (local.get $rows) (i32.shl (local.get $e) (i32.const 2))))
                (i32.shl (local.get $d) (i32.const 2))))
            (local.set $a0 (f64x2.add (local.get $a0)
              (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $row))))))
            (local.set $a1 (f64x2.add (local.get $a1)
              (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $row))))))
            (local.set $a2 (f64x2.add (local.get $a2)
              (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (v128.load64_zero offset=16 (local.get $row))))))
            (local.set $a3 (f64x2.add (local.get $a3)
              (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (v128.load64_zero offset=24 (local.get $row))))))
            (local.set $e (i32.add (local.get $e) (i32.const 1)))
            (br $entries)))
        (local.set $row (i32.add (local.get $destination) (i32.shl (local.get $d) (i32.const 2))))
        (v128.store64_lane 0 (local.get $row) (f32x4.demote_f64x2_zero (local.get $a0)))
        (v128.store64_lane offset=8 0 (local.get $row) (f32x4.demote_f64x2_zero (local.get $a1)))
        (v128.store64_lane offset=16 0 (local.get $row) (f32x4.demote_f64x2_zero (local.get $a2)))
        (v128.store64_lane offset=24 0 (local.get $row) (f32x4.demote_f64x2_zero (local.get $a3)))
        (local.set $d (i32.add (local.get $d) (i32.const 8)))
        (br $wide)))
    (block $done
      (loop $single
        (br_if $done (i32.ge_s (local.get $d) (local.get $dimension)))
        (local.set $sum (f64.const 0))
        (local.set $e (i32.const 0))
        (block $summed
          (loop $entries
            (br_if $summed (i32.ge_s (local.get $e) (local.get $count)))
            (local.set $sum (f64.add (local.get $sum)
              (f64.mul
                (f64.load (i32.add (local.get $weights) (i32.shl (local.get $e) (i32.const 3))))
                (f64.promote_f32 (f32.load
                  (i32.add
                    (i32.load (i32.add (local.get $rows) (i32.shl (local.get $e) (i32.const 2))))
                    (i32.shl (local.get $d) (i32.const 2))))))))
            (local.set $e (i32.add (local.get $e) (i32.const 1)))
            (br $entries)))
        (f32.store (i32.add (local.get $destination) (i32.shl (local.get $d) (i32.const 2))) (f32.demote_f64 (local.get $sum)))
        (local.set $d (i32.add (local.get $d) (i32.const 1)))
        (br $single))))

  ;; sums[d] += weight · dX[d]: dX float32, sums float64.
  (func (export "scatterAdd")
    (param $dX i32) (param $sums i32) (param $weight f64) (param $dimension i32)
    (local $end i32) (local $wide i32) (local $w v128)
    (local.set $w (f64x2.splat (local.get $weight)))
    (local.set $end (i32.add (local.get $dX) (i32.shl (local.get $dimension) (i32.const 2))))
    (local.set $wide (i32.sub (local.get $end) (i32.const 16)))
    (block $tail
      (loop $four
        (br_if $tail (i32.gt_s (local.get $dX) (local.get $wide)))
        (v128.store (local.get $sums) (f64x2.add (v128.load (local.get $sums))
          (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $dX))))))
        (v128.store offset=16 (local.get $sums) (f64x2.add (v128.load offset=16 (local.get $sums))
          (f64x2.mul (local.get $w) (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $dX))))))
        (local.set $dX (i32.add (local.get $dX) (i32.const 16)))
        (local.set $sums (i32.add (local.get $sums) (i32.const 32)))
        (br $four)))
    (block $done
      (loop $single
        (br_if $done (i32.ge_s (local.get $dX) (local.get $end)))
        (f64.store (local.get $sums) (f64.add (f64.load (local.get $sums))
          (f64.mul (local.get $weight) (f64.promote_f32 (f32.load (local.get $dX))))))
        (local.set $dX (i32.add (local.get $dX) (i32.const 4)))
        (local.set $sums (i32.add (local.get $sums) (i32.const 8)))
        (br $single))))

  ;; values[d] -= share · (values[d] − origin[d]), float32 arithmetic. See pull32.
  (func (export "pull")
    (param $p i32) (param $origin i32) (param $length i32) (param $share f32)
    (local $end i32) (local $wide i32) (local $w v128) (local $x f32) (local $part v128)
    (local.set $part (f32x4.splat (local.get $share)))
    (local.set $end (i32.add (local.get $p) (i32.shl (local.get $length) (i32.const 2))))
    (local.set $wide (i32.sub (local.get $end) (i32.const 16)))
    (block $tail
      (loop $four
        (br_if $tail (i32.gt_s (local.get $p) (local.get $wide)))
        (local.set $w (v128.load (local.get $p)))
        (v128.store (local.get $p)
          (f32x4.sub (local.get $w)
            (f32x4.mul (local.get $part) (f32x4.sub (local.get $w) (v128.load (local.get $origin))))))
        (local.set $p (i32.add (local.get $p) (i32.const 16)))
        (local.set $origin (i32.add (local.get $origin) (i32.const 16)))
        (br $four)))
    (block $done
      (loop $single
        (br_if $done (i32.ge_s (local.get $p) (local.get $end)))
        (local.set $x (f32.load (local.get $p)))
        (f32.store (local.get $p)
          (f32.sub (local.get $x)
            (f32.mul (local.get $share) (f32.sub (local.get $x) (f32.load (local.get $origin))))))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (local.set $origin (i32.add (local.get $origin) (i32.const 4)))
        (br $single))))

  ;; into[0] = Σ values · origin, into[1] = Σ values², into[2] = Σ (values − origin)², float64, in four lanes: not the order of
  ;; the plain kernel. See measureSpan.
  (func (export "measure")
    (param $p i32) (param $origin i32) (param $length i32) (param $into i32)
    (local $end i32) (local $wide i32) (local $w v128) (local $o v128)
    (local $dot0 v128) (local $dot8 v128) (local $sum0 v128) (local $sum8 v128) (local $way0 v128) (local $way8 v128)
    (local $x f64) (local $y f64) (local $dot f64) (local $sum f64) (local $way f64)
    (local.set $end (i32.add (local.get $p) (i32.shl (local.get $length) (i32.const 2))))
    (local.set $wide (i32.sub (local.get $end) (i32.const 16)))
    (block $tail
      (loop $four
        (br_if $tail (i32.gt_s (local.get $p) (local.get $wide)))
        (local.set $o (f64x2.promote_low_f32x4 (v128.load64_zero offset=0 (local.get $origin))))
        (local.set $w (f64x2.promote_low_f32x4 (v128.load64_zero offset=0 (local.get $p))))
        (local.set $dot0 (f64x2.add (local.get $dot0) (f64x2.mul (local.get $w) (local.get $o))))
        (local.set $sum0 (f64x2.add (local.get $sum0) (f64x2.mul (local.get $w) (local.get $w))))
        (local.set $w (f64x2.sub (local.get $w) (local.get $o)))
        (local.set $way0 (f64x2.add (local.get $way0) (f64x2.mul (local.get $w) (local.get $w))))
        (local.set $o (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $origin))))
        (local.set $w (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $p))))
        (local.set $dot8 (f64x2.add (local.get $dot8) (f64x2.mul (local.get $w) (local.get $o))))
        (local.set $sum8 (f64x2.add (local.get $sum8) (f64x2.mul (local.get $w) (local.get $w))))
        (local.set $w (f64x2.sub (local.get $w) (local.get $o)))
        (local.set $way8 (f64x2.add (local.get $way8) (f64x2.mul (local.get $w) (local.get $w))))
        (local.set $p (i32.add (local.get $p) (i32.const 16)))
        (local.set $origin (i32.add (local.get $origin) (i32.const 16)))
        (br $four)))
    (local.set $dot (f64.add
        (f64.add (f64x2.extract_lane 0 (local.get $dot0)) (f64x2.extract_lane 1 (local.get $dot0)))
        (f64.add (f64x2.extract_lane 0 (local.get $dot8)) (f64x2.extract_lane 1 (local.get $dot8)))))
    (local.set $sum (f64.add
        (f64.add (f64x2.extract_lane 0 (local.get $sum0)) (f64x2.extract_lane 1 (local.get $sum0)))
        (f64.add (f64x2.extract_lane 0 (local.get $sum8)) (f64x2.extract_lane 1 (local.get $sum8)))))
    (local.set $way (f64.add
        (f64.add (f64x2.extract_lane 0 (local.get $way0)) (f64x2.extract_lane 1 (local.get $way0)))
        (f64.add (f64x2.extract_lane 0 (local.get $way8)) (f64x2.extract_lane 1 (local.get $way8)))))
    (block $done
      (loop $single
        (br_if $done (i32.ge_s (local.get $p) (local.get $end)))
        (local.set $x (f64.promote_f32 (f32.load (local.get $p))))
        (local.set $y (f64.promote_f32 (f32.load (local.get $origin))))
        (local.set $dot (f64.add (local.get $dot) (f64.mul (local.get $x) (local.get $y))))
        (local.set $sum (f64.add (local.get $sum) (f64.mul (local.get $x) (local.get $x))))
        (local.set $x (f64.sub (local.get $x) (local.get $y)))
        (local.set $way (f64.add (local.get $way) (f64.mul (local.get $x) (local.get $x))))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (local.set $origin (i32.add (local.get $origin) (i32.const 4)))
        (br $single)))
    (f64.store (local.get $into) (local.get $dot))
    (f64.store offset=8 (local.get $into) (local.get $sum))
    (f64.store offset=16 (local.get $into) (local.get $way)))

  ;; Adam on one span, float32 arithmetic; the gradient is float64 times scale, rounded once. See adamSpan32.
  (func (export "adam")
    (param $p i32) (param $m i32) (param $v i32) (param $g i32) (param $length i32)
    (param $scale f64) (param $decay f32) (param $shrink f32)
    (param $beta1 f32) (param $rest1 f32) (param $beta2 f32) (param $rest2 f32)
    (param $epsilon f32) (param $stepSize f32) (param $rootScale f32)
    (local $end i32) (local $wide i32)
    (local $grad v128) (local $w v128) (local $first v128) (local $second v128) (local $scale2 v128)
    (local $x f32) (local $gx f32) (local $mx f32) (local $vx f32)
    (local.set $scale2 (f64x2.splat (local.get $scale)))
    (local.set $end (i32.add (local.get $p) (i32.shl (local.get $length) (i32.const 2))))
    (local.set $wide (i32.sub (local.get $end) (i32.const 16)))
    (block $tail
      (loop $four
        (br_if $tail (i32.gt_s (local.get $p) (local.get $wide)))
        (local.set $w (v128.load (local.get $p)))
        (local.set $grad
          (f32x4.add
            (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23
              (f32x4.demote_f64x2_zero (f64x2.mul (v128.load (local.get $g)) (local.get $scale2)))
              (f32x4.demote_f64x2_zero (f64x2.mul (v128.load offset=16 (local.get $g)) (local.get $scale2))))
            (f32x4.mul (f32x4.splat (local.get $decay)) (local.get $w))))
        (local.set $first
          (f32x4.add
            (f32x4.mul (f32x4.splat (local.get $beta1)) (v128.load (local.get $m)))
            (f32x4.mul (f32x4.splat (local.get $rest1)) (local.get $grad))))
        (local.set $second
          (f32x4.add
            (f32x4.mul (f32x4.splat (local.get $beta2)) (v128.load (local.get $v)))
            (f32x4.mul (f32x4.mul (f32x4.splat (local.get $rest2)) (local.get $grad)) (local.get $grad))))
        (v128.store (local.get $m) (local.get $first))
        (v128.store (local.get $v) (local.get $second))
        (v128.store (local.get $p)
          (f32x4.sub
            (f32x4.mul (local.get $w) (f32x4.splat (local.get $shrink)))
            (v128.and
              (f32x4.div
                (f32x4.mul (f32x4.splat (local.get $stepSize)) (local.get $first))
                (f32x4.add
                  (f32x4.mul (f32x4.sqrt (local.get $second)) (f32x4.splat (local.get $rootScale)))
                  (f32x4.splat (local.get $epsilon))))
              (f32x4.ne (local.get $first) (v128.const f32x4 0 0 0 0)))))
        (local.set $p (i32.add (local.get $p) (i32.const 16)))
        (local.set $m (i32.add (local.get $m) (i32.const 16)))
        (local.set $v (i32.add (local.get $v) (i32.const 16)))
        (local.set $g (i32.add (local.get $g) (i32.const 32)))
        (br $four)))
    (block $done
      (loop $single
        (br_if $done (i32.ge_s (local.get $p) (local.get $end)))
        (local.set $x (f32.load (local.get $p)))
        (local.set $gx
          (f32.add
            (f32.demote_f64 (f64.mul (f64.load (local.get $g)) (local.get $scale)))
            (f32.mul (local.get $decay) (local.get $x))))
        (local.set $mx
          (f32.add (f32.mul (local.get $beta1) (f32.load (local.get $m))) (f32.mul (local.get $rest1) (local.get $gx))))
        (local.set $vx
          (f32.add
            (f32.mul (local.get $beta2) (f32.load (local.get $v)))
            (f32.mul (f32.mul (local.get $rest2) (local.get $gx)) (local.get $gx))))
        (f32.store (local.get $m) (local.get $mx))
        (f32.store (local.get $v) (local.get $vx))
        (f32.store (local.get $p)
          (f32.sub
            (f32.mul (local.get $x) (local.get $shrink))
            (if (result f32) (f32.eq (local.get $mx) (f32.const 0))
              (then (f32.const 0))
              (else
                (f32.div
                  (f32.mul (local.get $stepSize) (local.get $mx))
                  (f32.add (f32.mul (f32.sqrt (local.get $vx)) (local.get $rootScale)) (local.get $epsilon)))))))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (local.set $m (i32.add (local.get $m) (i32.const 4)))
        (local.set $v (i32.add (local.get $v) (i32.const 4)))
        (local.set $g (i32.add (local.get $g) (i32.const 8)))
        (br $single)))))
